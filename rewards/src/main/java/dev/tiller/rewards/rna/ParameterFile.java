package dev.tiller.rewards.rna;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a file of named tables of integers. {@code [name]} begins a table, {@code #} a comment;
 * words on a line are labels and its numbers go on with the table.
 */
final class ParameterFile {
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");

    private final Map<String, List<Integer>> tables = new HashMap<>();
    private final Map<String, Integer> labelled = new LinkedHashMap<>();

    private ParameterFile() {}

    /**
     * Reads a resource beside this class; a missing or unreadable one is a damaged installation.
     */
    static ParameterFile read(String resource) {
        ParameterFile file = new ParameterFile();
        InputStream in = ParameterFile.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("resource " + resource + " is missing; install again");
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String table = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("[")) {
                    table = line.substring(1, line.indexOf(']'));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    file.add(table, BLANKS.split(line.strip()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + resource, e);
        }
        return file;
    }

    private void add(String table, String[] words) {
        List<Integer> numbers = tables.computeIfAbsent(table, t -> new ArrayList<>());
        for (String word : words) {
            if (NUMBER.matcher(word).matches()) {
                numbers.add(Integer.parseInt(word));
            }
        }
        if (words.length == 2 && !NUMBER.matcher(words[0]).matches()) {
            labelled.put(table + " " + words[0], Integer.parseInt(words[1]));
        }
    }

    /** Returns a table of exactly {@code length} numbers. */
    int[] table(String name, int length) {
        List<Integer> numbers = tables.getOrDefault(name, List.of());
        int[] table = numbers.stream().mapToInt(Integer::intValue).toArray();
        if (table.length != length) {
            throw new IllegalStateException(
                    "table " + name + " must have " + length + " numbers, got " + table.length);
        }
        return table;
    }

    /** Returns the number beside a label of a table. */
    int scalar(String table, String label) {
        Integer value = labelled.get(table + " " + label);
        if (value == null) {
            throw new IllegalStateException("table " + table + " must have a line " + label);
        }
        return value;
    }

    /** Returns the numbers of a table by their labels, in the order of the file. */
    Map<String, Integer> labelled(String table) {
        Map<String, Integer> values = new LinkedHashMap<>();
        String prefix = table + " ";
        labelled.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        values.put(key.substring(prefix.length()), value);
                    }
                });
        return values;
    }
}
