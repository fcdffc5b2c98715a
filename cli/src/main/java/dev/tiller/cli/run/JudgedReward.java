package dev.tiller.cli.run;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.composition.NamedReward;
import dev.tiller.rewards.composition.RewardSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A reward, the referee that judges what it scores, and the plug-ins that they come from. */
public final class JudgedReward implements AutoCloseable {
    private final Rewards rewards;
    private final Reward reward;
    private final Optional<Reward> referee;

    private JudgedReward(Rewards rewards, Reward reward, Optional<Reward> referee) {
        this.rewards = rewards;
        this.reward = reward;
        this.referee = referee;
    }

    /**
     * Makes a reward and its referee.
     *
     * @param spec what to make
     * @param plugins jars with rewards, or null for none
     * @param context where they may compute
     * @return the reward, with its referee if it names one
     * @throws IllegalArgumentException if a jar, a name, a key or a value is wrong
     */
    public static JudgedReward open(RewardSpec spec, List<String> plugins, RewardContext context) {
        return open(spec, plugins, context, (provider, options, made) -> made);
    }

    /** Makes a reward whose registered parts are wrapped; its referee is not. */
    static JudgedReward open(
            RewardSpec spec,
            List<String> plugins,
            RewardContext context,
            Rewards.Decorator decorator) {
        Rewards rewards = load(plugins);
        Reward reward = null;
        try {
            reward = rewards.decoratedBy(decorator).create(spec, context);
            Optional<Reward> referee =
                    reward.referee().map(name -> rewards.create(name, Map.of(), context));
            return new JudgedReward(rewards, reward, referee);
        } catch (RuntimeException | Error e) {
            if (reward != null) {
                reward.close();
            }
            rewards.close();
            throw e;
        }
    }

    /**
     * Finds all rewards.
     *
     * @param plugins jars with more of them, or null for none
     * @return the rewards, closed by the caller
     * @throws IllegalArgumentException if a jar cannot be used
     */
    public static Rewards load(List<String> plugins) {
        return Rewards.load(plugins == null ? List.of() : plugins.stream().map(Path::of).toList());
    }

    /**
     * Returns what users call a reward.
     *
     * @param spec the reward
     * @return its registered name, or {@code composite}
     */
    public static String name(RewardSpec spec) {
        return spec instanceof NamedReward named ? named.name() : "composite";
    }

    /**
     * Returns the reward.
     *
     * @return the reward; closed with this
     */
    public Reward reward() {
        return reward;
    }

    Optional<Reward> referee() {
        return referee;
    }

    /**
     * Asks the referee.
     *
     * @param designs designs
     * @return a score for each, or null if there is no referee
     */
    public double[] judge(Designs designs) {
        return referee.map(judge -> judge.score(designs)).orElse(null);
    }

    /** Returns for each design the numbers that its score is made of, by column. */
    List<Map<String, Double>> breakdown(Designs designs) {
        List<String> columns = reward.columns();
        List<Map<String, Double>> rows = new ArrayList<>();
        double[][] values = columns.isEmpty() ? null : reward.breakdown(designs).values();
        for (int i = 0; i < designs.size(); i++) {
            Map<String, Double> row = new TreeMap<>();
            for (int j = 0; j < columns.size(); j++) {
                row.put(columns.get(j), values[i][j]);
            }
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void close() {
        reward.close();
        referee.ifPresent(Reward::close);
        rewards.close();
    }
}
