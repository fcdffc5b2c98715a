package dev.tiller.finetune.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.rewards.protein.Residue;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * Reads backbones from files of JSON lines, gzipped or not, in any of three forms:
 *
 * <ul>
 *   <li>{@code name}, {@code chain}, {@code seq}, {@code resnum} (a text for each residue, with its
 *       insertion code if it has one) and {@code coords}, [L, 4, 3];
 *   <li>the parsed structures of ProteinMPNN: {@code seq_chain_A} and {@code coords_chain_A} of
 *       each chain, the latter with {@code N_chain_A} and so on, [L, 3];
 *   <li>the chains of Ingraham et al. 2019: {@code seq} and {@code coords} with {@code N}, {@code
 *       CA}, {@code C}, {@code O}, [L, 3].
 * </ul>
 *
 * Atoms are N, CA, C, O, in angstrom. Coordinates that are not known are null or NaN: such residues
 * are left out and counted, and so are entries with too few residues or too many.
 */
public final class BackboneTable {
    private static final String SEQUENCE = "seq";
    private static final String COORDINATES = "coords";
    private static final String OF_CHAIN = SEQUENCE + "_chain_";
    private static final String[] ATOMS = {"N", "CA", "C", "O"};
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private BackboneTable() {}

    /**
     * The backbones of some files.
     *
     * @param backbones those that were kept, in order
     * @param read how many there were
     * @param missingResidues residues of all of them that lack an atom
     * @param dropped how many of the backbones were dropped for each reason
     */
    public record Backbones(
            List<Backbone> backbones, int read, int missingResidues, Map<String, Integer> dropped) {
        /**
         * Drops backbones whose sequence came before.
         *
         * @return the first backbone of each sequence
         */
        public Backbones distinct() {
            Set<String> seen = new HashSet<>();
            List<Backbone> first =
                    backbones.stream().filter(one -> seen.add(one.sequence())).toList();
            Map<String, Integer> counts = new LinkedHashMap<>(dropped);
            if (first.size() < backbones.size()) {
                counts.put("the same sequence as one before", backbones.size() - first.size());
            }
            return new Backbones(first, read, missingResidues, counts);
        }
    }

    /**
     * Reads backbones.
     *
     * @param files the files, one or several
     * @param shortest the fewest residues of a backbone that is kept
     * @param longest the most
     * @return the backbones
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException naming file and line if an entry is none of the forms, or if
     *     no backbone is left
     */
    public static Backbones read(List<Path> files, int shortest, int longest) throws IOException {
        List<Backbone> kept = new ArrayList<>();
        Map<String, Integer> dropped = new LinkedHashMap<>();
        int read = 0;
        int missing = 0;
        for (Path file : files) {
            int number = 0;
            try (BufferedReader reader = TextTable.open(file)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    number++;
                    if (line.isBlank()) {
                        continue;
                    }
                    Entry entry = entry(file + ":" + number + ": ", line);
                    read++;
                    missing += entry.missing();
                    int residues = entry.residues().size();
                    if (residues >= shortest && residues <= longest) {
                        kept.add(new Backbone(entry.name(), entry.residues()));
                    } else {
                        String reason =
                                residues < shortest
                                        ? "fewer than " + shortest + " residues"
                                        : "more than " + longest + " residues";
                        dropped.merge(reason, 1, Integer::sum);
                    }
                }
            } catch (EOFException | ZipException e) {
                throw new IOException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    files
                            + " must hold backbones of "
                            + shortest
                            + " to "
                            + longest
                            + " residues, got none; dropped: "
                            + dropped);
        }
        return new Backbones(kept, read, missing, dropped);
    }

    /** A line: its name, the residues that have all four atoms, how many lack one. */
    private record Entry(String name, List<Residue> residues, int missing) {}

    /** Takes one coordinate of an entry: residue, atom 0 to 3, axis 0 to 2. */
    @FunctionalInterface
    private interface Coordinates {
        JsonNode of(int residue, int atom, int axis);
    }

    private static Entry entry(String where, String line) {
        JsonNode tree;
        try {
            tree = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    where + "must be JSON: " + e.getOriginalMessage(), e);
        }
        String name = tree.path("name").asText();
        if (name.isEmpty()) {
            throw new IllegalArgumentException(where + "must have a name, got none");
        }
        List<Residue> residues = new ArrayList<>();
        int missing = 0;
        List<String> chains = new ArrayList<>();
        tree.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (key.startsWith(OF_CHAIN)) {
                                chains.add(key.substring(OF_CHAIN.length()));
                            }
                        });
        for (String chain : chains) {
            String suffix = "_chain_" + chain;
            JsonNode atoms = tree.path(COORDINATES + suffix);
            String letters = tree.path(OF_CHAIN + chain).asText();
            missing += add(residues, where, chain, letters, null, byAtom(atoms, suffix));
        }
        if (chains.isEmpty()) {
            JsonNode atoms = tree.path(COORDINATES);
            String chain = tree.path("chain").asText("A");
            String letters = tree.path(SEQUENCE).asText();
            JsonNode numbers = tree.get("resnum");
            Coordinates coordinates =
                    atoms.isObject()
                            ? byAtom(atoms, "")
                            : (i, atom, axis) -> atoms.path(i).path(atom).path(axis);
            if (atoms.isArray() && (atoms.size() != letters.length() || letters.isEmpty())) {
                throw new IllegalArgumentException(
                        where
                                + "coords must have an entry for each letter of seq, "
                                + letters.length()
                                + ", got "
                                + atoms.size());
            }
            missing += add(residues, where, chain, letters, numbers, coordinates);
        }
        return new Entry(name, residues, missing);
    }

    private static Coordinates byAtom(JsonNode atoms, String suffix) {
        return (i, atom, axis) -> atoms.path(ATOMS[atom] + suffix).path(i).path(axis);
    }

    /** Adds the residues of a chain; returns how many lack an atom. */
    private static int add(
            List<Residue> residues,
            String where,
            String chain,
            String letters,
            JsonNode numbers,
            Coordinates coordinates) {
        if (letters.isEmpty()) {
            throw new IllegalArgumentException(
                    where
                            + "must have seq and coords, or seq_chain_A and coords_chain_A, got"
                            + " none");
        }
        if (numbers != null && numbers.size() != letters.length()) {
            throw new IllegalArgumentException(
                    where
                            + "resnum must have an entry for each letter of seq, "
                            + letters.length()
                            + ", got "
                            + numbers.size());
        }
        int missing = 0;
        for (int i = 0; i < letters.length(); i++) {
            float[] atoms = new float[Residue.COORDINATES];
            boolean whole = true;
            for (int j = 0; j < atoms.length; j++) {
                JsonNode number = coordinates.of(i, j / 3, j % 3);
                atoms[j] = number.isNumber() ? (float) number.doubleValue() : Float.NaN;
                whole &= Float.isFinite(atoms[j]);
            }
            if (!whole) {
                missing++;
                continue;
            }
            String label = numbers == null ? Integer.toString(i + 1) : numbers.path(i).asText();
            char letter = letters.charAt(i);
            residues.add(residue(where, chain, label, letter, atoms));
        }
        return missing;
    }

    private static Residue residue(
            String where, String chain, String label, char letter, float[] atoms) {
        if (!label.matches("-?[0-9]{1,6}[A-Za-z]?")) {
            throw new IllegalArgumentException(
                    where
                            + "resnum must be a number with or without an insertion code, got '"
                            + label
                            + "'");
        }
        char last = label.charAt(label.length() - 1);
        boolean inserted = Character.isLetter(last);
        String number = inserted ? label.substring(0, label.length() - 1) : label;
        boolean known = Backbone.AMINO_ACIDS.indexOf(letter) >= 0;
        return new Residue(
                chain,
                Integer.parseInt(number),
                inserted ? last : ' ',
                known ? letter : 'X',
                atoms);
    }
}
