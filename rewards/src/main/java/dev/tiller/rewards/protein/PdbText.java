package dev.tiller.rewards.protein;

import java.util.ArrayList;
import java.util.List;

/** Reads the columns of the atom records of PDB text (format version 3.3). */
final class PdbText {
    /** A chain whose column is blank. */
    private static final String UNNAMED = "_";

    private static final int SHORTEST = 54;

    private final String file;
    private final List<AtomSite> atoms = new ArrayList<>();
    private int models;
    private int line;

    private PdbText(String file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param file its name, for errors
     * @param lines its lines
     * @return the first model; empty if there is no atom record
     * @throws IllegalArgumentException if a record is damaged
     */
    static AtomSite.Model read(String file, List<String> lines) {
        PdbText text = new PdbText(file);
        lines.forEach(text::accept);
        return new AtomSite.Model(text.atoms, Math.max(1, text.models));
    }

    private void accept(String record) {
        line++;
        if (record.startsWith("MODEL ") || record.equals("MODEL")) {
            models++;
        } else if (models < 2 && (record.startsWith("ATOM  ") || record.startsWith("HETATM"))) {
            atoms.add(atom(record));
        }
    }

    private AtomSite atom(String record) {
        if (record.length() < SHORTEST) {
            throw damaged("an atom record must have 54 columns or more, got " + record.length());
        }
        String chain = columns(record, 22, 22);
        String insertion = columns(record, 27, 27);
        AtomSite.Place place =
                new AtomSite.Place(
                        chain.isEmpty() ? UNNAMED : chain,
                        (int) number(record, 23, 26),
                        insertion.isEmpty() ? ' ' : insertion.charAt(0));
        float[] position = {
            (float) number(record, 31, 38),
            (float) number(record, 39, 46),
            (float) number(record, 47, 54)
        };
        return new AtomSite(
                place,
                columns(record, 18, 20),
                columns(record, 13, 16),
                columns(record, 17, 17),
                columns(record, 55, 60).isEmpty() ? 1 : number(record, 55, 60),
                position);
    }

    private double number(String record, int first, int last) {
        String text = columns(record, first, last);
        try {
            return last == 26 ? Integer.parseInt(text) : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw damaged(
                    "columns " + first + " to " + last + " must be a number, got '" + text + "'");
        }
    }

    /** Columns are counted from 1, as the description of the format does. */
    private static String columns(String record, int first, int last) {
        return first > record.length()
                ? ""
                : record.substring(first - 1, Math.min(last, record.length())).strip();
    }

    private IllegalArgumentException damaged(String reason) {
        return new IllegalArgumentException(file + ":" + line + ": " + reason);
    }
}
