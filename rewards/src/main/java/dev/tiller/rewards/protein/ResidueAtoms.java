package dev.tiller.rewards.protein;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The backbone atoms of one residue of a file, in one of its alternate locations: that of the
 * highest occupancy (mean over the backbone atoms that have it), the first of equals. Atoms without
 * a label belong to each location.
 */
final class ResidueAtoms {
    private static final List<String> BACKBONE = List.of("N", "CA", "C", "O");

    private final AtomSite.Place place;
    private final String compound;
    private final List<AtomSite> atoms;
    private final boolean alternates;

    private ResidueAtoms(AtomSite.Place place, String compound, List<AtomSite> atoms, boolean alt) {
        this.place = place;
        this.compound = compound;
        this.atoms = atoms;
        this.alternates = alt;
    }

    /**
     * Chooses the location.
     *
     * @param sites the atoms of one residue, at least one, in the order of the file
     * @return its backbone atoms
     */
    static ResidueAtoms of(List<AtomSite> sites) {
        Map<String, List<Double>> occupancies = new LinkedHashMap<>();
        for (AtomSite site : sites) {
            if (BACKBONE.contains(site.name()) && !site.alternate().isEmpty()) {
                occupancies
                        .computeIfAbsent(site.alternate(), label -> new ArrayList<>())
                        .add(site.occupancy());
            }
        }
        String best = "";
        double most = -1;
        for (Map.Entry<String, List<Double>> entry : occupancies.entrySet()) {
            double mean =
                    entry.getValue().stream().mapToDouble(Double::doubleValue).average().orElse(0);
            if (mean > most) {
                best = entry.getKey();
                most = mean;
            }
        }
        List<AtomSite> chosen = new ArrayList<>();
        for (String name : BACKBONE) {
            AtomSite atom = find(sites, name, best);
            if (atom != null) {
                chosen.add(atom);
            }
        }
        String compound = (chosen.isEmpty() ? sites : chosen).get(0).compound();
        return new ResidueAtoms(sites.get(0).residue(), compound, chosen, occupancies.size() > 1);
    }

    private static AtomSite find(List<AtomSite> sites, String name, String label) {
        AtomSite shared = null;
        for (AtomSite site : sites) {
            if (site.name().equals(name) && site.alternate().equals(label)) {
                return site;
            }
            boolean common = site.name().equals(name) && site.alternate().isEmpty();
            shared = shared == null && common ? site : shared;
        }
        return shared;
    }

    AtomSite.Place place() {
        return place;
    }

    String compound() {
        return compound;
    }

    /** Tells whether N, CA, C and O are there. */
    boolean isWhole() {
        return atoms.size() == BACKBONE.size();
    }

    /** Tells whether it is an amino acid of a protein, not a ligand, a water or a nucleotide. */
    boolean isProtein() {
        return isWhole() || AminoAcidNames.isKnown(compound);
    }

    /** Tells whether there was a choice of locations. */
    boolean hasAlternates() {
        return alternates;
    }

    /** Returns the residue; only if it is whole. */
    Residue residue() {
        float[] all = new float[Residue.COORDINATES];
        for (int i = 0; i < atoms.size(); i++) {
            System.arraycopy(atoms.get(i).position(), 0, all, 3 * i, 3);
        }
        char letter = AminoAcidNames.letter(compound);
        return new Residue(place.chain(), place.number(), place.insertion(), letter, all);
    }
}
