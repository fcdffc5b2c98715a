package dev.tiller.sampler.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * One folder of golden numbers from a reference implementation: case.json, tensors.npz and weight
 * files. Shapes and settings come from case.json, never from a test's source.
 */
public final class ParityCase {
    /** The folder of further cases; else a folder shared/parity is looked for upwards. */
    public static final String PROPERTY = "tiller.parity";

    /** What the references use for minus infinity in log-probabilities. */
    public static final float MINUS_INFINITY = -1e6f;

    private final Path folder;
    private final JsonNode json;
    private final Map<String, NpyArray> arrays;

    private ParityCase(Path folder, JsonNode json, Map<String, NpyArray> arrays) {
        this.folder = folder;
        this.json = json;
        this.arrays = arrays;
    }

    /**
     * Finds the cases whose folder name starts with {@code prefix}: those in the test resources
     * {@code /parity} of the module under test, of which there must be one at least, and those of
     * the folder of further cases.
     */
    public static List<ParityCase> find(String prefix) {
        List<ParityCase> cases = findAny(prefix);
        if (cases.isEmpty()) {
            throw new IllegalStateException(
                    "test resources must hold at least one case parity/" + prefix + "*, got none");
        }
        return cases;
    }

    /** Finds cases as {@link #find} does, where none need be in the test resources. */
    public static List<ParityCase> findAny(String prefix) {
        List<ParityCase> cases = new ArrayList<>();
        for (Path root : roots()) {
            List<ParityCase> found = findIn(root, prefix);
            System.err.println("parity " + prefix + "*: " + found.size() + " cases in " + root);
            cases.addAll(found);
        }
        return cases;
    }

    private static List<ParityCase> findIn(Path root, String prefix) {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(f -> f.getFileName().toString().startsWith(prefix))
                    .filter(Files::isDirectory)
                    .sorted()
                    .map(ParityCase::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> roots() {
        List<Path> roots = new ArrayList<>();
        try {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            for (URL url : Collections.list(loader.getResources("parity"))) {
                if (url.getProtocol().equals("file")) {
                    roots.add(Path.of(URI.create(url.toString())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String property = System.getProperty(PROPERTY);
        if (property != null) {
            roots.add(Path.of(property));
            return roots;
        }
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.isDirectory(up.resolve("shared/parity"))) {
                roots.add(up.resolve("shared/parity"));
                break;
            }
        }
        return roots;
    }

    /** Reads the case of one folder. */
    public static ParityCase read(Path folder) {
        try {
            JsonNode json = new ObjectMapper().readTree(folder.resolve("case.json").toFile());
            Map<String, NpyArray> arrays = new TreeMap<>();
            try (InputStream file = Files.newInputStream(folder.resolve("tensors.npz"));
                    ZipInputStream zip = new ZipInputStream(file)) {
                for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                    String name = e.getName().replaceFirst("\\.npy$", "");
                    arrays.put(name, NpyArray.parse(name, zip.readAllBytes()));
                }
            }
            return new ParityCase(folder, json, arrays);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " is not a readable parity case", e);
        }
    }

    public String name() {
        return folder.getFileName().toString();
    }

    public JsonNode json() {
        return json;
    }

    /** The settings of the reference. */
    public JsonNode config() {
        return json.path("config");
    }

    public boolean has(String name) {
        return arrays.containsKey(name);
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    public long[] shape(String name) {
        return array(name).shape().clone();
    }

    /** A float32 array in row-major order. */
    public float[] floats(String name) {
        return array(name).floats();
    }

    /** An int64 array in row-major order. */
    public long[] longs(String name) {
        return array(name).longs();
    }

    /** A file of the case, such as weights.safetensors. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    private NpyArray array(String name) {
        NpyArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "no array '" + name + "' in " + folder + "; it holds " + arrays.keySet());
        }
        return array;
    }

    /**
     * Compares with the reference: all differences must be within {@code tolerance} times the
     * largest magnitude of the reference's array. Entries that stand for minus infinity must be
     * such entries on both sides and count in nothing else. NaN never passes.
     *
     * @return the largest difference, relative to the largest magnitude
     */
    public double requireClose(String name, float[] actual, double tolerance) {
        float[] expected = floats(name);
        if (expected.length != actual.length) {
            throw new AssertionError(
                    where(name) + " has " + expected.length + " elements, got " + actual.length);
        }
        double largest = 0;
        for (float value : expected) {
            largest = isMinusInfinity(value) ? largest : Math.max(largest, Math.abs(value));
        }
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            if (isMinusInfinity(expected[i]) && isMinusInfinity(actual[i])) {
                continue;
            }
            double difference = Math.abs((double) expected[i] - actual[i]);
            if (!(difference <= tolerance * largest)) {
                throw new AssertionError(
                        String.format(
                                "%s[%d] must be %.9g, got %.9g: a difference of %.2g of the"
                                        + " largest magnitude %.3g, allowed %.1g",
                                where(name),
                                i,
                                expected[i],
                                actual[i],
                                difference / largest,
                                largest,
                                tolerance));
            }
            worst = Math.max(worst, largest == 0 ? 0 : difference / largest);
        }
        return worst;
    }

    private static boolean isMinusInfinity(float value) {
        return value <= 0.99f * MINUS_INFINITY;
    }

    private String where(String name) {
        return name() + ":" + name;
    }

    @Override
    public String toString() {
        return name() + " (" + folder.getParent().getFileName() + ")";
    }
}
