/**
 * Closed-form test functions whose optimum is known, and a genetic algorithm to compare other
 * methods with at equal numbers of reward calls.
 */
package dev.tiller.rewards.benchmark;
