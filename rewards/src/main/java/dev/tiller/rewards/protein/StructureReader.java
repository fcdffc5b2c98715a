package dev.tiller.rewards.protein;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the atoms of a file together to a backbone, and notes what was decided on the way. */
final class StructureReader {
    private static final int SHOWN = 5;

    private final String file;
    private final List<String> notes = new ArrayList<>();
    private final List<String> incomplete = new ArrayList<>();
    private final List<String> modified = new ArrayList<>();
    private final List<String> alternates = new ArrayList<>();
    private final List<String> gaps = new ArrayList<>();

    private StructureReader(String file) {
        this.file = file;
    }

    /**
     * Reads a backbone.
     *
     * @param file the file, for errors
     * @param name the name of the backbone
     * @param model the atoms
     * @param selection the chosen residues, or null for all
     * @return the backbone with notes
     */
    static Structure read(String file, String name, AtomSite.Model model, String selection) {
        return new StructureReader(file).structure(name, model, selection);
    }

    private Structure structure(String name, AtomSite.Model model, String selection) {
        Map<String, List<ResidueAtoms>> chains = chains(model.atoms());
        Map<String, List<AtomSite.Place>> places = new LinkedHashMap<>();
        chains.forEach(
                (chain, all) -> places.put(chain, all.stream().map(ResidueAtoms::place).toList()));
        if (chains.values().stream().flatMap(List::stream).noneMatch(ResidueAtoms::isWhole)) {
            throw new IllegalArgumentException(
                    file
                            + " must hold protein residues with the atoms N, CA, C and O in PDB or"
                            + " mmCIF format, got none");
        }
        boolean[][] chosen = Selection.choose(selection, places);
        List<Residue> residues = new ArrayList<>();
        int c = 0;
        for (List<ResidueAtoms> chain : chains.values()) {
            take(chain, chosen[c++], residues);
        }
        if (residues.isEmpty()) {
            throw new IllegalArgumentException(
                    "selection '"
                            + selection
                            + "' of "
                            + file
                            + " must have a residue with the atoms N, CA, C and O, got none");
        }
        if (model.models() > 1) {
            notes.add("took the first of " + model.models() + " models");
        }
        note("left out, without N, CA, C or O: ", incomplete);
        note("gaps in the numbering: ", gaps);
        note(
                "alternate locations, took the one of highest occupancy, the first of equals: ",
                alternates);
        note("non-standard residues: ", modified);
        return new Structure(new Backbone(name, residues), notes);
    }

    /** The residues of proteins by chain, in the order of the file. */
    private static Map<String, List<ResidueAtoms>> chains(List<AtomSite> atoms) {
        Map<AtomSite.Place, List<AtomSite>> residues = new LinkedHashMap<>();
        for (AtomSite atom : atoms) {
            residues.computeIfAbsent(atom.residue(), place -> new ArrayList<>()).add(atom);
        }
        Map<String, List<ResidueAtoms>> chains = new LinkedHashMap<>();
        for (List<AtomSite> sites : residues.values()) {
            ResidueAtoms residue = ResidueAtoms.of(sites);
            if (residue.isProtein()) {
                chains.computeIfAbsent(residue.place().chain(), chain -> new ArrayList<>())
                        .add(residue);
            }
        }
        return chains;
    }

    private void take(List<ResidueAtoms> chain, boolean[] chosen, List<Residue> residues) {
        for (int i = 0; i < chosen.length; i++) {
            if (!chosen[i]) {
                continue;
            }
            ResidueAtoms next = chain.get(i);
            int before = i > 0 && chosen[i - 1] ? chain.get(i - 1).place().number() : 0;
            if (i > 0 && chosen[i - 1] && next.place().number() > before + 1) {
                gaps.add(chain.get(i - 1).place() + " to " + next.place());
            }
            if (!next.isWhole()) {
                incomplete.add(next.place().toString());
                continue;
            }
            Residue residue = next.residue();
            residues.add(residue);
            if (next.hasAlternates()) {
                alternates.add(residue.label());
            }
            if (!AminoAcidNames.isStandard(next.compound())) {
                modified.add(residue.label() + " " + next.compound() + " as " + residue.letter());
            }
        }
    }

    private void note(String text, List<String> items) {
        if (!items.isEmpty()) {
            String shown = String.join(", ", items.subList(0, Math.min(SHOWN, items.size())));
            int more = items.size() - SHOWN;
            notes.add(text + shown + (more > 0 ? " and " + more + " more" : ""));
        }
    }
}
