package dev.tiller.rewards.cache;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.DifferentiableReward;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.Reward;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A reward with a budget. A call takes as many calls of the budget as it has designs, before it
 * scores. A call that does not fit whole is refused with a {@link BudgetExhaustedException} and
 * scores nothing, so the count never exceeds the budget. Repeated attempts at one design count
 * once. A call that fails stays counted, since the reward may have worked on every design.
 * Gradients count like scores. Safe for concurrent use.
 */
public final class BudgetedReward implements IncrementalReward {
    private final Reward reward;
    private final RewardBudget budget;

    /**
     * Puts a budget on a reward.
     *
     * @param reward the reward; closed with this one
     * @param budget the budget, which may be shared
     */
    public BudgetedReward(Reward reward, RewardBudget budget) {
        this.reward = Objects.requireNonNull(reward, "reward");
        this.budget = Objects.requireNonNull(budget, "budget");
    }

    @Override
    public String name() {
        return reward.name();
    }

    @Override
    public String letters() {
        return reward.letters();
    }

    @Override
    public Notation notation() {
        return reward.notation();
    }

    /**
     * {@inheritDoc}
     *
     * @throws BudgetExhaustedException if fewer calls are left than there are designs
     */
    @Override
    public double[] score(Designs designs) {
        return score(designs, (row, score) -> {});
    }

    /**
     * {@inheritDoc}
     *
     * @throws BudgetExhaustedException if fewer calls are left than there are designs
     */
    @Override
    public double[] score(Designs designs, Listener listener) {
        designs.requireReadableBy(reward);
        budget.spend(designs.size());
        return Increments.score(reward, designs, listener);
    }

    @Override
    public List<String> columns() {
        return reward.columns();
    }

    /**
     * {@inheritDoc}
     *
     * @throws BudgetExhaustedException if fewer calls are left than there are designs
     */
    @Override
    public Breakdown breakdown(Designs designs) {
        designs.requireReadableBy(reward);
        budget.spend(designs.size());
        return reward.breakdown(designs);
    }

    @Override
    public Optional<String> referee() {
        return reward.referee();
    }

    @Override
    public Optional<String> digest() {
        return reward.digest();
    }

    @Override
    public Optional<DifferentiableReward> differentiable() {
        return reward.differentiable()
                .map(
                        inner ->
                                new GradientView(
                                        this,
                                        designs -> {
                                            budget.spend(designs.size());
                                            return inner.differentiate(designs);
                                        }));
    }

    @Override
    public void close() {
        reward.close();
    }
}
