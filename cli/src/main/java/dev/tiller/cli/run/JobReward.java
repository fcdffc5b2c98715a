package dev.tiller.cli.run;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.Rewards;
import dev.tiller.rewards.cache.BudgetedReward;
import dev.tiller.rewards.cache.CachedReward;
import dev.tiller.rewards.cache.DiskScores;
import dev.tiller.rewards.cache.MemoryScores;
import dev.tiller.rewards.cache.RewardBudget;
import dev.tiller.rewards.cache.RewardIdentity;
import dev.tiller.rewards.composition.NamedReward;
import dev.tiller.rewards.composition.RewardSpec;
import dev.tiller.zoo.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The reward of a job, with its cache, its budget and its referee. */
final class JobReward implements AutoCloseable {
    private final Rewards rewards;
    private final Reward reward;
    private final Reward parts;
    private final Optional<RewardBudget> budget;
    private final Optional<Reward> referee;

    JobReward(SamplingJob job, JobModel.Shape shape) {
        List<Path> plugins =
                job.plugins() == null ? List.of() : job.plugins().stream().map(Path::of).toList();
        rewards = Rewards.load(plugins);
        RewardContext context = new RewardContext(job.device(), backend(job).toString());
        RewardSpec spec = RewardSpec.of(job.reward());
        boolean single = spec instanceof NamedReward;
        budget = Optional.ofNullable(job.maxRewardCalls()).map(RewardBudget::new);
        // a component is asked again for its column of the results, and answers from memory
        Rewards remembering =
                rewards.decoratedBy(
                        (provider, options, made) ->
                                remembering(job, single, provider, options, made));
        parts = remembering.create(spec, context);
        reward =
                budget.isPresent() && !single
                        ? new CachedReward(new BudgetedReward(parts, budget.get()), memory())
                        : parts;
        try {
            Rewards.requireReadable(reward, shape.alphabet(), job.model());
            referee = reward.referee().map(name -> rewards.create(name, Map.of(), context));
        } catch (RuntimeException e) {
            reward.close();
            rewards.close();
            throw e;
        }
    }

    private Reward remembering(
            SamplingJob job,
            boolean single,
            RewardProvider<?> provider,
            Map<String, ?> options,
            Reward made) {
        Reward counted =
                single && budget.isPresent() ? new BudgetedReward(made, budget.get()) : made;
        if (job.rewardCache() != null) {
            RewardIdentity identity = RewardIdentity.of(provider, options, made);
            return new CachedReward(counted, new DiskScores(Path.of(job.rewardCache()), identity));
        }
        return single && budget.isEmpty() ? counted : new CachedReward(counted, memory());
    }

    private static MemoryScores memory() {
        return new MemoryScores(MemoryScores.Options.defaults());
    }

    /** Counts what earlier sessions spent. */
    void spentBefore(long designs) {
        budget.ifPresent(limit -> limit.spentBefore(designs));
    }

    /** Returns for each design the numbers that its score is made of, by column. */
    List<Map<String, Double>> breakdown(Designs designs) {
        List<String> columns = parts.columns();
        List<Map<String, Double>> rows = new ArrayList<>();
        double[][] values = columns.isEmpty() ? null : parts.breakdown(designs).values();
        for (int i = 0; i < designs.size(); i++) {
            Map<String, Double> row = new TreeMap<>();
            for (int j = 0; j < columns.size(); j++) {
                row.put(columns.get(j), values[i][j]);
            }
            rows.add(row);
        }
        return rows;
    }

    /** A reward runs on the engine that was asked for if it can. */
    private static Backend backend(SamplingJob job) {
        return job.backend() == Backend.ONNX ? Backend.AUTO : job.backend();
    }

    Reward reward() {
        return reward;
    }

    Optional<Reward> referee() {
        return referee;
    }

    /** Returns the referee's scores, or null without one. */
    double[] judge(Designs designs) {
        return referee.map(judge -> judge.score(designs)).orElse(null);
    }

    @Override
    public void close() {
        reward.close();
        referee.ifPresent(Reward::close);
        rewards.close();
    }
}
