package dev.tiller.cli.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An argument that names the seeds of a method: {@code SOURCE}, {@code LABEL=SOURCE} or {@code
 * LABEL=SOURCE,SOURCE,...}. A path that exists is never taken apart.
 *
 * @param label the method's name
 * @param sources files, folders or models, one for each seed
 */
public record SetArgument(String label, List<String> sources) {
    /**
     * Reads an argument.
     *
     * @param text the argument
     * @return label and sources; the label of a lone source is its last name without extensions
     * @throws IllegalArgumentException if a part is empty, or several sources have no label
     */
    public static SetArgument parse(String text) {
        int equals = Files.exists(Path.of(text)) ? -1 : text.indexOf('=');
        String label = equals < 0 ? null : text.substring(0, equals).strip();
        String rest = text.substring(equals + 1);
        List<String> sources =
                Files.exists(Path.of(rest)) ? List.of(rest) : List.of(rest.split(",", -1));
        if ((label != null && label.isEmpty()) || sources.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "a set must be SOURCE or LABEL=SOURCE,SOURCE,..., got '" + text + "'");
        }
        if (label == null && sources.size() > 1) {
            throw new IllegalArgumentException(
                    "several seeds of one method must have a label, got '"
                            + text
                            + "'; write LABEL="
                            + text);
        }
        return new SetArgument(label == null ? name(rest) : label, sources);
    }

    private static String name(String source) {
        Path last = Path.of(source).normalize().getFileName();
        if (last == null || last.toString().isEmpty()) {
            return source;
        }
        String name = last.toString().replaceFirst("\\.gz$", "");
        return name.replaceFirst("\\.(fasta|fa|fna|faa|smi|smiles)$", "");
    }
}
