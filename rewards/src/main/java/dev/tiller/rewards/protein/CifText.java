package dev.tiller.rewards.protein;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.rcsb.cif.CifIO;
import org.rcsb.cif.ParsingException;
import org.rcsb.cif.model.Block;
import org.rcsb.cif.model.Category;
import org.rcsb.cif.model.Column;

/**
 * Reads the category {@code atom_site} of mmCIF text. Chains, numbers and names are those of the
 * authors, as in PDB files.
 */
final class CifText {
    private final String file;
    private final Category category;

    private CifText(String file, Category category) {
        this.file = file;
        this.category = category;
    }

    /**
     * Reads a file.
     *
     * @param file its name, for errors
     * @param bytes its content
     * @return the first model of the first block; empty if there is no atom
     * @throws IllegalArgumentException if it is damaged
     */
    static AtomSite.Model read(String file, byte[] bytes) {
        try {
            List<? extends Block> blocks =
                    CifIO.readFromInputStream(new ByteArrayInputStream(bytes)).getBlocks();
            return blocks.isEmpty()
                    ? new AtomSite.Model(List.of(), 1)
                    : new CifText(file, blocks.get(0).getCategory("atom_site")).model();
        } catch (IOException | ParsingException e) {
            throw new IllegalArgumentException(file + " must be mmCIF, got " + e.getMessage(), e);
        } catch (IndexOutOfBoundsException e) { // of the library, where a value is missing
            throw new IllegalArgumentException(
                    file + " must be mmCIF, got a damaged file; copy it again", e);
        }
    }

    private AtomSite.Model model() {
        int rows = category.getRowCount();
        List<AtomSite> atoms = new ArrayList<>();
        Column<?> model = category.getColumn("pdbx_PDB_model_num");
        for (int row = 0; row < rows; row++) {
            if (text(model, row).equals(text(model, 0))) {
                atoms.add(atom(row));
            }
        }
        long models = model.stringData().distinct().count();
        return new AtomSite.Model(atoms, (int) Math.max(1, models));
    }

    private AtomSite atom(int row) {
        String insertion = text("pdbx_PDB_ins_code", row);
        AtomSite.Place place =
                new AtomSite.Place(
                        either("auth_asym_id", "label_asym_id", row),
                        (int) number("auth_seq_id", "label_seq_id", row),
                        insertion.isEmpty() ? ' ' : insertion.charAt(0));
        float[] position = {
            (float) number("Cartn_x", "Cartn_x", row),
            (float) number("Cartn_y", "Cartn_y", row),
            (float) number("Cartn_z", "Cartn_z", row)
        };
        return new AtomSite(
                place,
                either("auth_comp_id", "label_comp_id", row),
                either("auth_atom_id", "label_atom_id", row),
                text("label_alt_id", row),
                text("occupancy", row).isEmpty() ? 1 : number("occupancy", "occupancy", row),
                position);
    }

    private String either(String first, String second, int row) {
        String text = text(first, row);
        return text.isEmpty() ? text(second, row) : text;
    }

    private String text(String column, int row) {
        return text(category.getColumn(column), row);
    }

    /** What is not known or does not apply is empty. */
    private static String text(Column<?> column, int row) {
        String text = column.isDefined() ? column.getStringData(row) : "";
        return text.equals(".") || text.equals("?") ? "" : text;
    }

    private double number(String first, String second, int row) {
        String text = either(first, second, row);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    file
                            + ": "
                            + first
                            + " of atom "
                            + (row + 1)
                            + " must be a number, got '"
                            + text
                            + "'");
        }
    }
}
