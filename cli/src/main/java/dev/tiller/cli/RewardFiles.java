package dev.tiller.cli;

import dev.tiller.cli.run.JobYaml;
import dev.tiller.rewards.composition.NamedReward;
import dev.tiller.rewards.composition.RewardSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The value of --reward where it is a file that composes a reward. */
final class RewardFiles {
    private RewardFiles() {}

    static boolean isFile(String reward) {
        return reward.matches(".*\\.ya?ml");
    }

    /**
     * Reads what a reward option says: a file, or the name of a reward and its options.
     *
     * @throws IllegalArgumentException as {@link #read}, or if the file composes no reward
     */
    static RewardSpec spec(String reward, Map<String, String> options) throws IOException {
        return isFile(reward)
                ? RewardSpec.of(read(reward, options))
                : new NamedReward(reward, Map.copyOf(options));
    }

    /**
     * Reads such a file.
     *
     * @throws IllegalArgumentException if it is not there, is no map, or options were given beside
     */
    static Map<String, Object> read(String file, Map<String, String> options) throws IOException {
        if (!options.isEmpty()) {
            throw new IllegalArgumentException(
                    "--reward-option belongs to a reward that is named, got --reward "
                            + file
                            + "; set it in that file");
        }
        return JobYaml.readMap(Path.of(file));
    }
}
