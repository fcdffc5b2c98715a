package dev.tiller.cli.run;

import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Chains that must have the same sequence, as {@code A,B;C,D}. */
final class TiedChains {
    private TiedChains() {}

    /**
     * Ties residues.
     *
     * @param text the groups of chains, or null for none
     * @param backbone the chains
     * @return for each residue the first of those tied to it
     * @throws IllegalArgumentException if a chain is not there, is named twice, or has another
     *     number of residues
     */
    static int[] leaders(String text, Backbone backbone) {
        int[] leaders = IntStream.range(0, backbone.length()).toArray();
        if (text == null) {
            return leaders;
        }
        Map<String, List<Integer>> chains = new LinkedHashMap<>();
        List<Residue> residues = backbone.residues();
        for (int i = 0; i < residues.size(); i++) {
            chains.computeIfAbsent(residues.get(i).chain(), c -> new ArrayList<>()).add(i);
        }
        for (String group : text.split(";", -1)) {
            List<List<Integer>> tied = new ArrayList<>();
            for (String name : group.split(",", -1)) {
                tied.add(take(chains, name.strip(), backbone));
                int wanted = tied.get(0).size();
                int size = tied.get(tied.size() - 1).size();
                if (size != wanted) {
                    throw new IllegalArgumentException(
                            "--tied-chains must have as many residues each, got "
                                    + wanted
                                    + " in the first of '"
                                    + group
                                    + "' and "
                                    + size
                                    + " in chain "
                                    + name.strip()
                                    + " of "
                                    + backbone.name()
                                    + "; choose the same part of each by --residues");
                }
            }
            for (int i = 0; i < tied.get(0).size(); i++) {
                int place = i;
                int first = tied.stream().mapToInt(c -> c.get(place)).min().orElseThrow();
                tied.forEach(chain -> leaders[chain.get(place)] = first);
            }
        }
        return leaders;
    }

    private static List<Integer> take(
            Map<String, List<Integer>> chains, String name, Backbone backbone) {
        List<Integer> chain = chains.remove(name);
        if (chain == null) {
            throw new IllegalArgumentException(
                    "--tied-chains must name chains of "
                            + backbone.name()
                            + ", each once, got '"
                            + name
                            + "'; left are "
                            + chains.keySet());
        }
        return chain;
    }
}
