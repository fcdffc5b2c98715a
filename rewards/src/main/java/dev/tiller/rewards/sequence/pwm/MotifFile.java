package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.Spelling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of nucleotide motifs, in one of two formats that are told apart by their first line.
 *
 * <p>JASPAR: a header {@code >ID name} and four rows of counts, each with its letter or in the
 * order A, C, G, T, with or without brackets. MEME (text, versions 4 and 5, full or minimal): the
 * first line says {@code MEME version}, and each {@code letter-probability matrix} gives
 * probabilities, which are multiplied by its {@code nsites}, or by 20 where there is none.
 *
 * @param motifs the motifs in the order of the file
 * @param background the probabilities of A, C, G and T that the file gives, if it does
 */
public record MotifFile(List<PositionMatrix> motifs, Optional<List<Double>> background) {

    /** Copies the lists. */
    public MotifFile {
        motifs = List.copyOf(motifs);
        background = background.map(List::copyOf);
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @return its motifs, at least one
     * @throws IllegalArgumentException if the content is wrong; the text begins with the file and
     *     the line, counted from 1, such as {@code motifs.jaspar:12:}
     * @throws IOException if the file cannot be read
     */
    public static MotifFile read(Path file) throws IOException {
        // bytes that are no text become signs that no number holds, so they are errors with a line
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        MotifLines lines = new MotifLines(file.toString(), text.lines().toList());
        MotifFile found =
                lines.first().startsWith("MEME version")
                        ? new MemeParser(lines).parse()
                        : new JasparParser(lines).parse();
        if (found.motifs().isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": no motif; write one in JASPAR or MEME format");
        }
        return found;
    }

    /**
     * Chooses motifs.
     *
     * @param wanted identifiers or names; an identifier goes before a name, and a name chooses all
     *     motifs that have it; empty chooses all motifs
     * @return the chosen motifs, in the order they were asked for
     * @throws IllegalArgumentException if there is no motif of an identifier or name
     */
    public List<PositionMatrix> select(List<String> wanted) {
        return wanted.isEmpty()
                ? motifs
                : wanted.stream().flatMap(key -> select(key).stream()).distinct().toList();
    }

    private List<PositionMatrix> select(String key) {
        Objects.requireNonNull(key, "key");
        List<PositionMatrix> found = motifs.stream().filter(m -> m.id().equals(key)).toList();
        if (found.isEmpty()) {
            found = motifs.stream().filter(m -> m.name().equals(key)).toList();
        }
        if (found.isEmpty()) {
            List<String> known =
                    motifs.stream().map(m -> m.id() + " (" + m.name() + ")").limit(10).toList();
            List<String> ids = motifs.stream().map(PositionMatrix::id).toList();
            throw new IllegalArgumentException(
                    "unknown motif '"
                            + key
                            + "'; the file has "
                            + motifs.size()
                            + ", such as "
                            + String.join(", ", known)
                            + Spelling.suggestion(key, ids));
        }
        return found;
    }
}
