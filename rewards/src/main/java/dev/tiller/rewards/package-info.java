/**
 * Rewards: what makes a finished design good, as a number per design.
 *
 * <p>A {@link dev.tiller.rewards.Reward} reads designs as text, so it knows no tensor library and
 * no model. Plug-ins implement {@link dev.tiller.rewards.RewardProvider} and are found by {@link
 * dev.tiller.rewards.Rewards} on the class path or in jars. {@link
 * dev.tiller.rewards.composition.RewardSpec} makes one reward of several. Everything in this
 * package may be used by other modules.
 */
package dev.tiller.rewards;
