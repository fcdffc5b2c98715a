/**
 * Decorators that save calls of a dear reward: a cache in memory or on disk, and a budget. Any
 * module may use them. Put the cache outside and the budget inside, {@code new CachedReward(new
 * BudgetedReward(reward, budget), store)}: then only designs that are scored in earnest count.
 */
package dev.tiller.rewards.cache;
