package dev.tiller.rewards.molecule.drawing;

import dev.tiller.rewards.molecule.Molecule;
import java.awt.Font;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openscience.cdk.CDKConstants;
import org.openscience.cdk.depict.DepictionGenerator;
import org.openscience.cdk.exception.CDKException;
import org.openscience.cdk.interfaces.IAtomContainer;
import org.openscience.cdk.io.SDFWriter;
import org.openscience.cdk.io.iterator.IteratingSDFReader;
import org.openscience.cdk.layout.StructureDiagramGenerator;
import org.openscience.cdk.silent.SilentChemObjectBuilder;
import org.openscience.cdk.smiles.SmiFlavor;
import org.openscience.cdk.smiles.SmilesGenerator;

/**
 * Writes molecules for other programs and for people, and reads those of other programs. The same
 * molecules give the same text.
 */
public final class MoleculeFiles {
    private static final double CELL = 60; // millimetres

    private MoleculeFiles() {}

    /**
     * A molecule in a file.
     *
     * @param smiles the molecule, valid and with an atom
     * @param title its name or caption; a line break starts another line of a caption
     * @param properties values by name, in the order of the file
     */
    public record Entry(String smiles, String title, Map<String, String> properties) {

        /** Copies the properties. */
        public Entry {
            properties = new LinkedHashMap<>(properties);
        }
    }

    /**
     * Writes structure data (SDF, V2000) with two-dimensional coordinates.
     *
     * @param entries the molecules
     * @param out where to write; not closed
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a SMILES is no valid molecule
     */
    public static void writeSdf(List<Entry> entries, Writer out) throws IOException {
        for (Entry entry : entries) {
            IAtomContainer container = laidOut(entry);
            container.setProperties(new LinkedHashMap<>(entry.properties()));
            container.setProperty(CDKConstants.TITLE, entry.title());
            out.write(record(container));
        }
        out.flush();
    }

    /**
     * Reads structure data (SDF, V2000 or V3000).
     *
     * @param text the contents of a file
     * @return its molecules, each with its title and its properties
     * @throws IllegalArgumentException if a record is no molecule
     */
    public static List<Entry> readSdf(String text) {
        List<Entry> entries = new ArrayList<>();
        SmilesGenerator smiles = new SmilesGenerator(SmiFlavor.Isomeric);
        try (IteratingSDFReader reader =
                new IteratingSDFReader(
                        new StringReader(text), SilentChemObjectBuilder.getInstance())) {
            while (reader.hasNext()) {
                IAtomContainer molecule = reader.next();
                Map<String, String> properties = new LinkedHashMap<>();
                molecule.getProperties()
                        .forEach((key, value) -> properties.put(key + "", value + ""));
                String title = molecule.getTitle() == null ? "" : molecule.getTitle();
                entries.add(new Entry(smiles.create(molecule), title, properties));
            }
        } catch (CDKException | IOException e) {
            throw new IllegalArgumentException("SDF cannot be read: " + e.getMessage(), e);
        }
        // the reader ends at the first record that it does not understand
        long records = text.lines().filter(line -> line.startsWith("M  END")).count();
        if (records != entries.size() || records == 0) {
            throw new IllegalArgumentException(
                    "SDF must hold molecules, got one that cannot be read in record "
                            + (entries.size() + 1));
        }
        return entries;
    }

    /**
     * Writes a grid of drawings with captions as SVG.
     *
     * @param entries the molecules, at least one
     * @param columns drawings beside each other
     * @param out where to write; not closed
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if there is none or a SMILES is no valid molecule
     */
    public static void writeSvg(List<Entry> entries, int columns, Writer out) throws IOException {
        if (entries.isEmpty() || columns < 1) {
            throw new IllegalArgumentException(
                    "a grid must have a molecule and a column, got "
                            + entries.size()
                            + " and "
                            + columns);
        }
        List<IAtomContainer> containers = new ArrayList<>();
        for (Entry entry : entries) {
            IAtomContainer container = laidOut(entry);
            container.setProperty(CDKConstants.TITLE, entry.title());
            containers.add(container);
        }
        int rows = (entries.size() + columns - 1) / columns;
        try {
            out.write(
                    new DepictionGenerator(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
                            .withSize(CELL * columns, CELL * rows)
                            .withFillToFit()
                            .withAtomColors()
                            .withMolTitle()
                            .depict(containers, rows, columns)
                            .toSvgStr());
        } catch (CDKException e) {
            throw new IllegalStateException("molecules must have a drawing, got none: " + e, e);
        }
        out.flush();
    }

    private static IAtomContainer laidOut(Entry entry) {
        IAtomContainer container = Molecule.parse(entry.smiles()).container();
        try {
            new StructureDiagramGenerator().generateCoordinates(container);
        } catch (CDKException e) {
            throw new IllegalArgumentException(
                    "molecule must have a layout, got none for '" + entry.smiles() + "'", e);
        }
        return container;
    }

    /** The second line of a record holds the program and the time; it is left empty. */
    private static String record(IAtomContainer container) throws IOException {
        StringWriter text = new StringWriter();
        try (SDFWriter writer = new SDFWriter(text)) {
            writer.write(container);
        } catch (CDKException e) {
            throw new IllegalStateException("molecule must have a record, got none: " + e, e);
        }
        List<String> lines = new ArrayList<>(text.toString().lines().toList());
        lines.set(1, "");
        return String.join("\n", lines) + "\n";
    }
}
