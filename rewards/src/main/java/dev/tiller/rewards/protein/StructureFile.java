package dev.tiller.rewards.protein;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Files of protein structures.
 *
 * <p>mmCIF is read by the library of the Protein Data Bank (ciftools-java). The atom records of PDB
 * are nine fields in fixed columns and are read here: BioJava would bring JAXB, a logging back end
 * and dependencies that are not on Maven Central, looks up residues on the network unless a setting
 * of the whole JVM forbids it, and leaves the choice of alternate locations to its caller all the
 * same.
 */
public final class StructureFile {
    private StructureFile() {}

    /**
     * Reads the backbone of a protein from a PDB or mmCIF file, plain or compressed with gzip; the
     * format is seen from the content. Of several models the first is read, of alternate locations
     * of a residue that of the highest occupancy, the first of equals. Residues that lack N, CA, C
     * or O are left out; modified residues are read as their parents where they are well known,
     * else as X. Waters, ligands and nucleic acids are passed over. A chain without a name is
     * called {@code _}.
     *
     * @param file the file
     * @param selection chains and ranges of residues separated by commas, such as {@code A1-60,B};
     *     null for all residues. The ends of a range may lie in gaps. Residues keep the order of
     *     the file
     * @return the backbone, named after the file, with notes
     * @throws IllegalArgumentException if the file cannot be read or is damaged, has no whole
     *     residue, or lacks what is selected; the text is one line
     */
    public static Structure read(Path file, String selection) {
        byte[] bytes = bytes(file);
        AtomSite.Model model =
                isCif(bytes)
                        ? CifText.read(file.toString(), bytes)
                        : PdbText.read(
                                file.toString(),
                                new String(bytes, StandardCharsets.ISO_8859_1).lines().toList());
        return StructureReader.read(file.toString(), name(file), model, selection);
    }

    /**
     * Writes a design on its backbone as a PDB file: the four backbone atoms of each residue with
     * the name of the designed amino acid. The file appears whole or not at all.
     *
     * @param file the file; an older one is replaced
     * @param backbone the backbone; a chain whose name is longer than a character gets one that is
     *     free
     * @param sequence the design, one letter for each residue; X is written as UNK
     * @param bFactors a number for each residue for the column of temperature factors, such as its
     *     score, between -99.99 and 999.99
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if the sizes differ, a letter is no amino acid, or a number
     *     does not fit in its columns
     */
    public static void write(Path file, Backbone backbone, String sequence, double[] bFactors)
            throws IOException {
        int length = backbone.length();
        if (sequence.length() != length || bFactors.length != length) {
            throw new IllegalArgumentException(
                    "sequence and bFactors must have the "
                            + length
                            + " residues of the backbone, got "
                            + sequence.length()
                            + " and "
                            + bFactors.length);
        }
        String letters = Backbone.AMINO_ACIDS + "X";
        if (sequence.chars().anyMatch(letter -> letters.indexOf(letter) < 0)) {
            throw new IllegalArgumentException(
                    "sequence must have letters of " + letters + ", got " + sequence);
        }
        String text = PdbWriter.text(backbone, sequence, bFactors);
        Path temporary = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            Files.writeString(temporary, text, StandardCharsets.US_ASCII);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            boolean packed =
                    bytes.length > 1
                            && ((bytes[0] & 0xff) | (bytes[1] & 0xff) << 8)
                                    == GZIPInputStream.GZIP_MAGIC;
            if (!packed) {
                return bytes;
            }
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                return in.readAllBytes();
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "structure must be a PDB or mmCIF file, got " + file + ", which is not there",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "structure must be a readable PDB or mmCIF file, got " + file + ": " + e, e);
        }
    }

    /** The first line of mmCIF that is no comment names a block of data. */
    private static boolean isCif(byte[] bytes) {
        List<String> start =
                new String(bytes, StandardCharsets.ISO_8859_1)
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .limit(1)
                        .toList();
        return !start.isEmpty() && start.get(0).regionMatches(true, 0, "data_", 0, 5);
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        for (String suffix : List.of(".gz", ".pdb", ".ent", ".cif", ".mmcif")) {
            if (name.endsWith(suffix) && name.length() > suffix.length()) {
                name = name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }
}
