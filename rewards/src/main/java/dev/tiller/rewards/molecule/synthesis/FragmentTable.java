package dev.tiller.rewards.molecule.synthesis;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * How common the fragments of molecules are: contributions by the hash of the environment. Text
 * with one fragment a line, its hash (unsigned), a tab and its contribution; {@code rare} instead
 * of a hash gives that of all others, else it is -4; {@code #} before comments; gzip or plain.
 */
final class FragmentTable {
    private static final String OWN = "fragments.tsv.gz";
    private static final String OTHERS = "rare";
    private static final double RARE = -4;
    private static final int GZIP_MAGIC = 0x1f;

    private final Map<Integer, Double> contributions;
    private final double rare;

    private FragmentTable(Map<Integer, Double> contributions, double rare) {
        this.contributions = contributions;
        this.rare = rare;
    }

    /** Returns the table that comes with this package. */
    static FragmentTable own() {
        return Own.TABLE;
    }

    /**
     * Reads a table.
     *
     * @throws IllegalArgumentException if the file cannot be read or a line is none of a table
     */
    static FragmentTable read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "fragments must be a readable table, got " + file + " (" + e + ")", e);
        }
    }

    /** Returns the contribution of a fragment; one that the table lacks is rare. */
    double contribution(int hash) {
        return contributions.getOrDefault(hash, rare);
    }

    private static FragmentTable read(InputStream raw, String name) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw);
        in.mark(1);
        boolean zipped = in.read() == GZIP_MAGIC;
        in.reset();
        InputStream text = zipped ? new GZIPInputStream(in) : in;
        Map<Integer, Double> contributions = new HashMap<>();
        double rare = RARE;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.startsWith(OTHERS)) {
                    rare = contribution(line, name + " line " + number);
                } else if (!line.startsWith("#")) {
                    put(line, contributions, name + " line " + number);
                }
            }
        }
        if (contributions.isEmpty()) {
            throw new IllegalArgumentException(
                    "fragments must hold a line 'hash<tab>contribution', got none in " + name);
        }
        return new FragmentTable(contributions, rare);
    }

    private static void put(String line, Map<Integer, Double> contributions, String where) {
        try {
            int hash = Integer.parseUnsignedInt(line.split("\t", -1)[0]);
            contributions.put(hash, contribution(line, where));
        } catch (NumberFormatException e) {
            throw noLine(line, where, e);
        }
    }

    private static double contribution(String line, String where) {
        try {
            return Double.parseDouble(line.split("\t", -1)[1]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw noLine(line, where, e);
        }
    }

    private static IllegalArgumentException noLine(String line, String where, Exception cause) {
        return new IllegalArgumentException(
                "fragments must have lines 'hash<tab>contribution', got '"
                        + (line.length() > 40 ? line.substring(0, 40) + "..." : line)
                        + "' in "
                        + where,
                cause);
    }

    private static final class Own {
        static final FragmentTable TABLE = load();

        private static FragmentTable load() {
            try (InputStream in = FragmentTable.class.getResourceAsStream(OWN)) {
                return read(in, OWN);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
