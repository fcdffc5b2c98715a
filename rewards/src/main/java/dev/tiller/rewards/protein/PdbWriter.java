package dev.tiller.rewards.protein;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes backbones as PDB text (format version 3.3), in lines of 80 columns. */
final class PdbWriter {
    private static final String[] ATOMS = {" N  ", " CA ", " C  ", " O  "};
    private static final String[] ELEMENTS = {"N", "C", "C", "O"};
    private static final String CHAINS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final Pattern ZERO = Pattern.compile(" *-0\\.?0*");

    private final Backbone backbone;
    private final String sequence;
    private final double[] factors;
    private final Map<String, Character> chains;
    private final StringBuilder text = new StringBuilder();
    private int serial;

    private PdbWriter(Backbone backbone, String sequence, double[] factors) {
        this.backbone = backbone;
        this.sequence = sequence;
        this.factors = factors;
        this.chains = chains(backbone);
    }

    /** Returns the text; the sizes were checked. */
    static String text(Backbone backbone, String sequence, double[] factors) {
        return new PdbWriter(backbone, sequence, factors).text();
    }

    /** A chain keeps its name if that is one character; others get what is free. */
    private static Map<String, Character> chains(Backbone backbone) {
        List<String> names = backbone.residues().stream().map(Residue::chain).distinct().toList();
        Map<String, Character> chains = new LinkedHashMap<>();
        for (String name : names) {
            if (name.length() == 1) {
                chains.put(name, name.charAt(0));
            }
        }
        for (String name : names) {
            if (name.length() != 1) {
                chains.put(name, free(chains));
            }
        }
        return chains;
    }

    private static char free(Map<String, Character> taken) {
        for (char letter : CHAINS.toCharArray()) {
            if (!taken.containsValue(letter)) {
                return letter;
            }
        }
        throw new IllegalArgumentException(
                "a PDB file must have at most "
                        + CHAINS.length()
                        + " chains, got more; select fewer");
    }

    private String text() {
        List<Residue> residues = backbone.residues();
        for (int i = 0; i < residues.size(); i++) {
            Residue residue = residues.get(i);
            for (int a = 0; a < ATOMS.length; a++) {
                addAtom(i, a);
            }
            boolean last = i + 1 == residues.size();
            if (last || !residues.get(i + 1).chain().equals(residue.chain())) {
                line("TER   " + serial() + "      " + where(i));
            }
        }
        line("END");
        return text.toString();
    }

    private void addAtom(int i, int atom) {
        StringBuilder record = new StringBuilder("ATOM  ");
        record.append(serial()).append(' ').append(ATOMS[atom]).append(' ').append(where(i));
        record.append("   ");
        for (int axis = 0; axis < 3; axis++) {
            float coordinate = backbone.residues().get(i).atoms()[3 * atom + axis];
            record.append(field("%8.3f", coordinate, 8, "coordinates"));
        }
        record.append("  1.00").append(field("%6.2f", factors[i], 6, "bFactors"));
        line(record + "          " + " " + ELEMENTS[atom]);
    }

    private String serial() {
        serial = serial % 99_999 + 1;
        return String.format(Locale.ROOT, "%5d", serial);
    }

    /** Compound, chain, number and insertion code: columns 18 to 27. */
    private String where(int i) {
        Residue residue = backbone.residues().get(i);
        return AminoAcidNames.name(sequence.charAt(i))
                + " "
                + chains.get(residue.chain())
                + field("%4.0f", residue.number(), 4, "numbers of residues")
                + residue.insertion();
    }

    private static String field(String format, double value, int width, String name) {
        String field = String.format(Locale.ROOT, format, value);
        field = ZERO.matcher(field).matches() ? field.replace('-', ' ') : field;
        if (!Double.isFinite(value) || field.length() > width) {
            throw new IllegalArgumentException(
                    name + " must fit in " + width + " columns of a PDB file, got " + value);
        }
        return field;
    }

    private void line(String record) {
        text.append(record).append(" ".repeat(80 - record.length())).append('\n');
    }
}
