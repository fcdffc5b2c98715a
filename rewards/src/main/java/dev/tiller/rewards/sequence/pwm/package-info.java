/**
 * Position weight matrices: files of motifs, log-odds, significance, and the reward {@code pwm}.
 * {@link dev.tiller.rewards.sequence.pwm.MotifFile} may be used by any module.
 */
package dev.tiller.rewards.sequence.pwm;
