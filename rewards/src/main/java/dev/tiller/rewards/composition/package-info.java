/**
 * One reward made of several, as a job file says it.
 *
 * <p>The key {@code reward} of a job file holds a name,
 *
 * <pre>{@code
 * reward: mrl
 * }</pre>
 *
 * <p>a name with options,
 *
 * <pre>{@code
 * reward:
 *   name: gc-content
 *   options: {target: 0.4}
 * }</pre>
 *
 * <p>or a composition:
 *
 * <pre>{@code
 * reward:
 *   aggregate: geometric            # arithmetic (default), geometric or product
 *   components:
 *     - reward: mrl                 # the name of a reward
 *       as: load                    # the name of its column; by default that of the reward
 *       options: {model: rna-utr5-mrl}
 *       weight: 2                   # 1 by default
 *       transform: {type: sigmoid, low: 5, high: 8}
 *     - reward: gc-content
 *       options: {target: 0.5}
 *       transform: {type: linear, low: -0.5, high: 0}
 *   filters:                        # a design that fails one gets the floor and costs no more
 *     - reward: sequence-motif
 *       as: upstream-start
 *       options: {motif: AUG, mode: count}
 *       at-most: 0                  # at-least, at-most or both
 *   penalties:                      # each multiplies the score by its transformed value
 *     - reward: sequence-motif
 *       as: poly-g
 *       options: {motif: GGGG, mode: count}
 *       transform: {type: reverse-sigmoid, low: 0, high: 3}
 *   floor: 0                        # the default
 * }</pre>
 *
 * <p>The transforms are {@code sigmoid} and {@code reverse-sigmoid} (low, high, k = 0.5), {@code
 * double-sigmoid} (low, high, rise = 1, fall = 1), {@code step} (low, high or both), {@code linear}
 * (low, high), and {@code identity}, the default. {@link dev.tiller.rewards.composition.Transform}
 * and its implementations hold the formulas, {@link dev.tiller.rewards.composition.Aggregate} those
 * of the aggregates, and {@link dev.tiller.rewards.composition.Composition} how they meet.
 *
 * <p>In code:
 *
 * <pre>{@code
 * RewardSpec spec = RewardSpec.of(yaml.get("reward"));
 * try (Rewards rewards = Rewards.load();
 *         Reward reward = rewards.create(spec, RewardContext.cpu())) {
 *     Breakdown breakdown = reward.breakdown(new Designs(List.of("GCCACCAUGG")));
 *     // breakdown.scores()[0], and breakdown.values()[0] for each of reward.columns()
 * }
 * }</pre>
 */
package dev.tiller.rewards.composition;
