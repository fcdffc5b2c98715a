package dev.tiller.rewards.molecule.docking;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A rigid receptor in the PDBQT format.
 *
 * @param file its absolute path
 * @param digest SHA-256 of the file
 */
record Receptor(Path file, String digest) {
    private static final List<String> OTHER_TAGS = List.of("REMARK", "TER", "END", "WARNING");

    /**
     * Reads a receptor.
     *
     * @throws IllegalArgumentException if it cannot be read or a line is none of PDBQT
     */
    static Receptor read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            requireAtoms(file, new String(bytes, StandardCharsets.ISO_8859_1));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Receptor(file.toAbsolutePath(), HexFormat.of().formatHex(hash));
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(
                    "receptor must be a readable PDBQT file, got " + file + " (" + e + ")", e);
        }
    }

    private static void requireAtoms(Path file, String text) {
        int number = 0;
        int atoms = 0;
        for (String line : text.lines().toList()) {
            number++;
            boolean atom = line.startsWith("ATOM") || line.startsWith("HETATM");
            boolean other = line.isBlank() || OTHER_TAGS.stream().anyMatch(line::startsWith);
            if (!(atom ? hasCoordinates(line) : other)) {
                String shown = line.length() > 40 ? line.substring(0, 40) + "..." : line;
                throw new IllegalArgumentException(
                        "receptor must be rigid in the PDBQT format, got '"
                                + shown
                                + "' in line "
                                + number
                                + " of "
                                + file
                                + "; make it with obabel -xr");
            }
            atoms += atom ? 1 : 0;
        }
        if (atoms == 0) {
            throw new IllegalArgumentException(
                    "receptor must have atoms in the PDBQT format, got none in " + file);
        }
    }

    private static boolean hasCoordinates(String line) {
        if (line.length() < 78) {
            return false;
        }
        try {
            for (int column = 30; column < 54; column += 8) {
                Double.parseDouble(line.substring(column, column + 8).strip());
            }
            return true;
        } catch (NumberFormatException e) { // told by the caller
            return false;
        }
    }
}
