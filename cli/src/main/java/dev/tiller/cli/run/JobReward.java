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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reward of a job, with its cache, its budget and its referee. */
final class JobReward implements AutoCloseable {
    private final JudgedReward parts;
    private final Reward reward;
    private final Optional<RewardBudget> budget;

    JobReward(SamplingJob job, JobModel.Shape shape) {
        RewardContext context = new RewardContext(job.device(), backend(job).toString());
        RewardSpec spec = RewardSpec.of(job.reward());
        boolean single = spec instanceof NamedReward;
        budget = Optional.ofNullable(job.maxRewardCalls()).map(RewardBudget::new);
        // a component is asked again for its column of the results, and answers from memory
        parts =
                JudgedReward.open(
                        spec,
                        job.plugins(),
                        context,
                        (provider, options, made) ->
                                remembering(job, single, provider, options, made));
        reward =
                budget.isPresent() && !single
                        ? new CachedReward(
                                new BudgetedReward(parts.reward(), budget.get()), memory())
                        : parts.reward();
        try {
            Rewards.requireNotation(reward, shape.notation(), job.model());
            Rewards.requireReadable(reward, shape.alphabet(), job.model());
        } catch (RuntimeException e) {
            parts.close();
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

    /** Returns what was spent of the budget; 0 if there is none. */
    long spent() {
        return budget.map(RewardBudget::spent).orElse(0L);
    }

    /** Counts what earlier sessions spent. */
    void spentBefore(long designs) {
        budget.ifPresent(limit -> limit.spentBefore(designs));
    }

    List<Map<String, Double>> breakdown(Designs designs) {
        return parts.breakdown(designs);
    }

    /** A reward runs on the engine that was asked for if it can. */
    private static Backend backend(SamplingJob job) {
        return job.backend() == Backend.ONNX ? Backend.AUTO : job.backend();
    }

    Reward reward() {
        return reward;
    }

    Optional<Reward> referee() {
        return parts.referee();
    }

    /** Returns the referee's scores, or null without one. */
    double[] judge(Designs designs) {
        return parts.judge(designs);
    }

    @Override
    public void close() {
        parts.close(); // closes what is under the budget, too
    }
}
