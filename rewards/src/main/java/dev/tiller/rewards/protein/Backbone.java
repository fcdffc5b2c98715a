package dev.tiller.rewards.protein;

import dev.tiller.rewards.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The backbone of a protein: the residues of its chains whose N, CA, C and O are all known, in the
 * order of the file. Designs for it have one letter for each residue.
 */
public final class Backbone implements Condition {
    /** The amino acids, in the order of the tokens of ProteinMPNN. */
    public static final String AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY";

    /** Between the residues of two chains as relative positions count them. */
    private static final int CHAIN_BREAK = 100;

    private final String name;
    private final List<Residue> residues;
    private final String id;

    /**
     * Describes a backbone.
     *
     * @param name a name for files and tables
     * @param residues its residues, at least one; those of a chain follow each other
     */
    public Backbone(String name, List<Residue> residues) {
        if (residues.isEmpty()) {
            throw new IllegalArgumentException("backbone " + name + " must have a residue");
        }
        this.name = name;
        this.residues = List.copyOf(residues);
        this.id = digest(this.residues);
    }

    private static String digest(List<Residue> residues) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Residue residue : residues) {
                digest.update(residue.label().getBytes(StandardCharsets.UTF_8));
                ByteBuffer bytes = ByteBuffer.allocate(2 + 4 * Residue.COORDINATES);
                bytes.putChar(residue.letter());
                for (float coordinate : residue.atoms()) {
                    bytes.putFloat(coordinate);
                }
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the SHA-256 of the residues; the name does not count.
     *
     * @return 64 hexadecimal digits
     */
    @Override
    public String id() {
        return id;
    }

    /**
     * Returns the name.
     *
     * @return the name for files and tables
     */
    public String name() {
        return name;
    }

    /**
     * Returns the residues.
     *
     * @return at least one
     */
    public List<Residue> residues() {
        return residues;
    }

    /**
     * Returns the number of residues.
     *
     * @return L
     */
    public int length() {
        return residues.size();
    }

    /**
     * Returns the sequence of the structure.
     *
     * @return one letter for each residue, X for what is none of the twenty
     */
    public String sequence() {
        StringBuilder text = new StringBuilder(length());
        residues.forEach(residue -> text.append(residue.letter()));
        return text.toString();
    }

    /**
     * Returns the coordinates.
     *
     * @return float32 [L * 4 * 3], N, CA, C, O of each residue, in angstrom
     */
    public float[] coordinates() {
        float[] all = new float[length() * Residue.COORDINATES];
        for (int i = 0; i < length(); i++) {
            int at = i * Residue.COORDINATES;
            System.arraycopy(residues.get(i).atoms(), 0, all, at, Residue.COORDINATES);
        }
        return all;
    }

    /**
     * Numbers the chains.
     *
     * @return for each residue the number of its chain, from 0 in the order of the file
     */
    public int[] chains() {
        int[] numbers = new int[length()];
        for (int i = 1; i < length(); i++) {
            boolean same = residues.get(i).chain().equals(residues.get(i - 1).chain());
            numbers[i] = numbers[i - 1] + (same ? 0 : 1);
        }
        return numbers;
    }

    /**
     * Returns where the residues are along their chains: residues that are missing in the structure
     * count, an inserted one counts as the next, and the next chain starts 100 further on.
     *
     * @return for each residue its index, rising
     */
    public int[] positions() {
        int[] positions = new int[length()];
        for (int i = 1; i < length(); i++) {
            Residue before = residues.get(i - 1);
            Residue here = residues.get(i);
            int step = Math.max(1, here.number() - before.number());
            boolean same = here.chain().equals(before.chain());
            positions[i] = positions[i - 1] + (same ? step : CHAIN_BREAK);
        }
        return positions;
    }

    /**
     * Takes a part of this backbone.
     *
     * @param selection chains and ranges separated by commas, such as {@code A1-60,B}
     * @return a backbone of the same name
     * @throws IllegalArgumentException if the text is malformed, or a chain or range is not there
     */
    public Backbone part(String selection) {
        return new Backbone(name, select(selection).stream().mapToObj(residues::get).toList());
    }

    /**
     * Chooses residues.
     *
     * @param selection chains and ranges separated by commas, such as {@code A1-60,B}
     * @return the numbers of the chosen residues, from 0
     * @throws IllegalArgumentException if the text is malformed, or a chain or range is not there
     */
    public BitSet select(String selection) {
        Map<String, List<AtomSite.Place>> chains = new LinkedHashMap<>();
        for (Residue residue : residues) {
            chains.computeIfAbsent(residue.chain(), chain -> new ArrayList<>())
                    .add(
                            new AtomSite.Place(
                                    residue.chain(), residue.number(), residue.insertion()));
        }
        BitSet chosen = new BitSet();
        int i = 0;
        for (boolean[] chain : Selection.choose(selection, chains)) {
            for (boolean residue : chain) {
                chosen.set(i++, residue);
            }
        }
        return chosen;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Backbone backbone && id.equals(backbone.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return name + " (" + length() + " residues)";
    }
}
