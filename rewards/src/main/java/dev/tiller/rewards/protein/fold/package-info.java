/** Rewards of proteins that are folded by a program: how near the fold is to the target. */
package dev.tiller.rewards.protein.fold;
