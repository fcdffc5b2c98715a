package dev.tiller.rewards.external;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardContract;
import dev.tiller.rewards.Rewards;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** A process keeps what every reward keeps; the process is the shell example. */
final class ProcessRewardContractTest extends RewardContract {

    @BeforeAll
    static void requireShell() {
        ShellWorker.requireShell();
    }

    @Override
    protected Reward reward() {
        Map<String, String> options =
                Map.of("command", "sh, ../examples/rewards/at_content.sh", "workers", "2");
        return Rewards.load().create("process", options, RewardContext.cpu());
    }
}
