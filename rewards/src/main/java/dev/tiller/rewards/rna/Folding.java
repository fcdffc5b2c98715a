package dev.tiller.rewards.rna;

/**
 * A secondary structure and its free energy.
 *
 * @param structure one character per base: brackets for the two bases of a pair, a dot for an
 *     unpaired base
 * @param energy the free energy in kcal/mol at 37 degrees Celsius; the open chain has 0
 */
public record Folding(String structure, double energy) {}
