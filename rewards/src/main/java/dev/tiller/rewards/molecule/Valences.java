package dev.tiller.rewards.molecule;

import java.util.Map;
import java.util.Set;

/**
 * How many bonds an atom may have, by the rules of RDKit's sanitisation: each element has a list of
 * valences; a positive charge adds one to those of nitrogen and of the groups right of it and takes
 * one from carbon's. Hydrogens fill an atom up to the least valence that holds its bonds.
 */
final class Valences {
    private static final Map<String, int[]> NEUTRAL =
            Map.ofEntries(
                    Map.entry("H", new int[] {1}),
                    Map.entry("B", new int[] {3}),
                    Map.entry("C", new int[] {4}),
                    Map.entry("N", new int[] {3}),
                    Map.entry("O", new int[] {2}),
                    Map.entry("F", new int[] {1}),
                    Map.entry("Si", new int[] {4}),
                    Map.entry("P", new int[] {3, 5, 7}),
                    Map.entry("S", new int[] {2, 4, 6}),
                    Map.entry("Cl", new int[] {1}),
                    Map.entry("As", new int[] {3, 5, 7}),
                    Map.entry("Se", new int[] {2, 4, 6}),
                    Map.entry("Br", new int[] {1}),
                    Map.entry("I", new int[] {1, 3, 5}));
    private static final Set<String> CARBON_GROUP = Set.of("C", "Si");

    private Valences() {}

    /** Returns whether the valences of an element are known; a metal may have any bonds. */
    static boolean knows(String symbol) {
        return NEUTRAL.containsKey(symbol);
    }

    /** Returns the largest number of bonds, counted by order and with hydrogens. */
    static int largest(String symbol, int charge) {
        int[] valences = NEUTRAL.get(symbol);
        return valences[valences.length - 1] + shift(symbol, charge);
    }

    /** Returns the charge that an atom needs to hold its bonds: +1 for N with 4 or O with 3. */
    static int chargeFor(String symbol, int bonds) {
        boolean ammonium = symbol.equals("N") && bonds == 4;
        boolean oxonium = symbol.equals("O") && bonds == 3;
        return ammonium || oxonium ? 1 : 0;
    }

    /** Returns whether an atom can have the bonds, with a charge where that helps. */
    static boolean holds(String symbol, int bonds) {
        return bonds <= largest(symbol, chargeFor(symbol, bonds));
    }

    /** Returns the hydrogens that fill an atom up; its bonds must be held. */
    static int hydrogens(String symbol, int charge, int bonds) {
        for (int valence : NEUTRAL.get(symbol)) {
            int shifted = valence + shift(symbol, charge);
            if (shifted >= bonds) {
                return shifted - bonds;
            }
        }
        throw new IllegalArgumentException(
                "bonds of "
                        + symbol
                        + " must be at most "
                        + largest(symbol, charge)
                        + ", got "
                        + bonds);
    }

    private static int shift(String symbol, int charge) {
        if (CARBON_GROUP.contains(symbol)) {
            return -Math.abs(charge);
        }
        return symbol.equals("B") ? -charge : charge;
    }
}
