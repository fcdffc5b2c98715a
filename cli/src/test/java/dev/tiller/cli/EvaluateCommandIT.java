package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiller evaluate} against numbers that the test computes itself. */
class EvaluateCommandIT {
    private static final int LENGTH = 50;
    private static final int STEPS = 4;

    @TempDir private Path folder;

    private CommandLineRun evaluate(Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("evaluate", "--quiet", "--threads", 2));
        arguments.addAll(Arrays.asList(options));
        return CommandLineRun.of(arguments.toArray());
    }

    private static List<String> sequences(int count, int seed) {
        double[] uniforms = new double[LENGTH];
        List<String> sequences = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            new Philox(seed).fill(n, 0, Purpose.CORRUPTION, 0, uniforms);
            StringBuilder text = new StringBuilder();
            for (double uniform : uniforms) {
                text.append("AACGT".charAt((int) (5 * uniform)));
            }
            sequences.add(text.toString());
        }
        return sequences;
    }

    private Path fasta(String name, List<String> sequences) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String sequence : sequences) {
            text.append(">s\n").append(sequence).append('\n');
        }
        return Files.writeString(folder.resolve(name), text);
    }

    /** A table of 20 sequences with the labels 0 to 19, and one row that is not of the fold. */
    private Path table(List<String> sequences) throws Exception {
        StringBuilder text = new StringBuilder("utr\tload\tfold\n");
        for (int i = 0; i < sequences.size(); i++) {
            text.append(sequences.get(i)).append('\t').append(i).append("\ttrain\n");
        }
        text.append("N".repeat(3)).append("\t99\tother\n");
        return Files.writeString(folder.resolve("table.tsv"), text);
    }

    private static List<CSVRecord> rows(Path out) throws Exception {
        String text = Files.readString(out.resolve("evaluation.csv"));
        return CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(text))
                .getRecords();
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static int distance(String one, String other) {
        return (int)
                IntStream.range(0, LENGTH).filter(i -> one.charAt(i) != other.charAt(i)).count();
    }

    private static double gc(String text) {
        return text.chars().filter(c -> c == 'G' || c == 'C').count() / (double) text.length();
    }

    private static double kmerPearson(List<String> designs, List<String> reference) {
        TreeMap<String, double[]> counts = new TreeMap<>();
        for (int side = 0; side < 2; side++) {
            for (String text : side == 0 ? designs : reference) {
                for (int i = 0; i + 3 <= text.length(); i++) {
                    counts.computeIfAbsent(text.substring(i, i + 3), w -> new double[2])[side]++;
                }
            }
        }
        double n = counts.size();
        double x = counts.values().stream().mapToDouble(c -> c[0]).sum() / n;
        double y = counts.values().stream().mapToDouble(c -> c[1]).sum() / n;
        double xy = counts.values().stream().mapToDouble(c -> (c[0] - x) * (c[1] - y)).sum();
        double xx = counts.values().stream().mapToDouble(c -> (c[0] - x) * (c[0] - x)).sum();
        double yy = counts.values().stream().mapToDouble(c -> (c[1] - y) * (c[1] - y)).sum();
        return xy / Math.sqrt(xx * yy);
    }

    /** The bound by its formula: masks drawn with chance (1 - 0.001) t, weight (mt - ms) / mt. */
    private static List<double[]> logLikelihoods(List<List<String>> sets) throws Exception {
        List<double[]> bounds = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu());
                NetworkDenoiser model = ModelZoo.denoiser("rna-utr5", Backend.AUTO, Device.cpu())) {
            for (List<String> designs : sets) {
                bounds.add(logLikelihoods(designs, model, manager));
            }
        }
        return bounds;
    }

    private static double[] logLikelihoods(
            List<String> designs, NetworkDenoiser model, NDManager manager) {
        double[] sums = new double[designs.size()];
        double[] uniforms = new double[LENGTH];
        for (int row = 0; row < sums.length; row++) {
            for (int step = 0; step < STEPS; step++) {
                double t = 1 - (1 - 1e-5) * step / STEPS;
                double s = 1 - (1 - 1e-5) * (step + 1) / STEPS;
                double masked = model.schedule().moveChance(t);
                double weight = (masked - model.schedule().moveChance(s)) / masked;
                new Philox(5).fill(row, step, Purpose.CORRUPTION, 0, uniforms);
                long[] tokens = designs.get(row).chars().mapToLong("ACGT"::indexOf).toArray();
                long[] noisy = tokens.clone();
                for (int i = 0; i < LENGTH; i++) {
                    noisy[i] = uniforms[i] < masked ? 4 : noisy[i];
                }
                NDArray xt = manager.create(noisy, new Shape(1, LENGTH));
                float[] logp = model.logPosterior(xt, new double[] {t}).toFloatArray();
                for (int i = 0; i < LENGTH; i++) {
                    sums[row] += noisy[i] == 4 ? weight * logp[i * 4 + (int) tokens[i]] : 0;
                }
            }
        }
        return sums;
    }

    /** Rewards and referee's scores by tiller score, which prints four digits. */
    private double[][] scores(List<List<String>> sets) throws Exception {
        Path all = fasta("all.fasta", sets.stream().flatMap(List::stream).toList());
        CommandLineRun run = CommandLineRun.of("score", "--reward", "mrl", all);
        List<String[]> lines = run.out().lines().skip(1).map(line -> line.split("\t")).toList();
        return IntStream.of(1, 2)
                .mapToObj(
                        column ->
                                lines.stream()
                                        .mapToDouble(line -> Double.parseDouble(line[column]))
                                        .toArray())
                .toArray(double[][]::new);
    }

    @Test
    void columnsAreWhatTheyAreSaidToBe() throws Exception {
        List<String> reference = sequences(20, 1);
        List<String> first = sequences(6, 2);
        List<String> second = new ArrayList<>(sequences(5, 3));
        second.set(0, reference.get(3)); // known, and twice
        second.set(1, reference.get(3));
        List<List<String>> designs = new ArrayList<>(List.of(first, second));
        Path one = fasta("one.fasta", first);
        Path two = fasta("two.fasta", second);
        Path out = folder.resolve("out");
        Object[] options = {
            one,
            "second=" + two,
            "--model",
            "base=rna-utr5",
            "--num",
            5,
            "--steps",
            6,
            "--seed",
            5,
            "--reward",
            "mrl",
            "--class-reward",
            "gc-content",
            "--class-threshold",
            -0.12,
            "--pretrained",
            "rna-utr5",
            "--likelihood-steps",
            STEPS,
            "--reference",
            table(reference),
            "--reference-sequence-column",
            "utr",
            "--reference-label-column",
            "load",
            "--reference-top",
            0.25,
            "--reference-where",
            "fold=train",
            "--out",
            out
        };
        CommandLineRun run = evaluate(options);
        assertEquals(0, run.exitCode(), run.err());
        designs.add(unguided());
        List<CSVRecord> rows = rows(out);
        assertEquals(
                List.of("one", "second", "base"), rows.stream().map(r -> r.get("set")).toList());
        // labels 0 to 19: the five above the 75 % quantile of 14.25
        List<String> best = reference.subList(15, 20);
        double[][] scores = scores(designs);
        List<double[]> bounds = logLikelihoods(designs);
        int from = 0;
        for (int i = 0; i < 3; i++) {
            CSVRecord row = rows.get(i);
            check(row, designs.get(i), reference, best);
            assertEquals(median(bounds.get(i)), number(row, "log_likelihood_median"), 1e-3);
            int to = from + designs.get(i).size();
            double[] rewards = Arrays.copyOfRange(scores[0], from, to);
            assertEquals(median(rewards), number(row, "reward_median"), 1e-4);
            double[] referees = Arrays.copyOfRange(scores[1], from, to);
            assertEquals(median(referees), number(row, "referee_median"), 1e-4);
            from = to;
        }
        assertEquals(0.6, number(rows.get(1), "novel_share"), 1e-12);
        assertEquals(0.8, number(rows.get(1), "unique_share"), 1e-12);
        assertTrue(
                run.out().contains("Reference: the 5 with load above 14.2500 of 20 rows of "),
                run.out());
        documented(out);
        sameBytesAgain(out, options);
    }

    private List<String> unguided() throws Exception {
        Path sampled = folder.resolve("unguided");
        CommandLineRun run =
                CommandLineRun.of(
                        "sample",
                        "--quiet",
                        "--method",
                        "unguided",
                        "--reward",
                        "gc-content",
                        "--num",
                        5,
                        "--steps",
                        6,
                        "--seed",
                        5,
                        "--out",
                        sampled);
        assertEquals(0, run.exitCode(), run.err());
        return RunFiles.sequences(sampled);
    }

    private static void check(
            CSVRecord row, List<String> designs, List<String> training, List<String> best) {
        assertEquals(designs.size(), number(row, "n"));
        assertEquals(kmerPearson(designs, best), number(row, "kmer_pearson"), 1e-12);
        double accurate = designs.stream().filter(d -> -Math.abs(gc(d) - 0.5) > -0.12).count();
        assertEquals(accurate / designs.size(), number(row, "class_accuracy"), 1e-12);
        double pairs = 0;
        double nearest = 0;
        for (String design : designs) {
            pairs += designs.stream().mapToInt(other -> distance(design, other)).sum();
            nearest += training.stream().mapToInt(t -> distance(design, t)).min().orElseThrow();
        }
        double n = designs.size();
        assertEquals(pairs / (n * (n - 1) * LENGTH), number(row, "diversity"), 1e-12);
        assertEquals(nearest / n, number(row, "nearest_distance"), 1e-12);
        assertEquals(20, number(row, "nearest_rows"));
        double known = designs.stream().filter(training::contains).count();
        assertEquals(1 - known / n, number(row, "novel_share"), 1e-12);
        assertEquals(new TreeSet<>(designs).size() / n, number(row, "unique_share"), 1e-12);
        assertEquals(
                designs.stream().mapToDouble(EvaluateCommandIT::gc).sum() / n,
                number(row, "gc_content"),
                1e-12);
        double[] quantiles =
                IntStream.of(5, 25, 75, 95)
                        .mapToDouble(
                                q -> number(row, String.format(Locale.ROOT, "reward_q%02d", q)))
                        .toArray();
        assertArrayEquals(Arrays.stream(quantiles).sorted().toArray(), quantiles);
    }

    private void documented(Path out) throws Exception {
        String docs = Files.readString(Path.of("..", "docs", "evaluate.md"));
        String header = Files.readAllLines(out.resolve("evaluation.csv")).get(0);
        for (String column : header.split(",")) {
            assertTrue(docs.contains("`" + column + "`"), column + " must be in docs/evaluate.md");
        }
    }

    private void sameBytesAgain(Path out, Object... options) throws Exception {
        Path again = folder.resolve("again");
        options[options.length - 1] = again;
        List<Object> serial = new ArrayList<>(Arrays.asList(options));
        serial.addAll(List.of("--threads", 1));
        serial.addAll(0, List.of("evaluate", "--quiet"));
        assertEquals(0, CommandLineRun.of(serial.toArray()).exitCode());
        for (String name :
                List.of(
                        "evaluation.csv",
                        "evaluation.md",
                        "evaluation.png",
                        "evaluation-kmers.png")) {
            assertArrayEquals(
                    Files.readAllBytes(out.resolve(name)),
                    Files.readAllBytes(again.resolve(name)),
                    name);
        }
    }

    @Test
    void seedsOfAMethodAndMotifs() throws Exception {
        Path motifs =
                Files.writeString(
                        folder.resolve("motifs.jaspar"),
                        ">M1 AAC\n9 9 0\n0 0 9\n0 0 0\n0 0 0\n>M2 GTA\n0 0 9\n0 0 0\n9 0 0\n0 9 0\n"
                                + ">M3 CGC\n0 0 0\n9 0 9\n0 9 0\n0 0 0\n");
        Path a = fasta("a.fasta", List.of("AACAACGTAC", "AAAAAAAAA"));
        Path b = fasta("b.fasta", List.of("GTACGCCGC"));
        Path reference = fasta("reference.fasta", List.of("AACAAC", "GTACC"));
        Path out = folder.resolve("seeds");
        CommandLineRun run =
                evaluate(
                        "x=" + a + "," + b,
                        "--reference",
                        reference,
                        "--motifs",
                        motifs,
                        "--motif-cutoff",
                        "relative",
                        "--motif-level",
                        1,
                        "--out",
                        out);
        assertEquals(0, run.exitCode(), run.err());
        List<CSVRecord> rows = rows(out);
        assertEquals(List.of("1", "2"), rows.stream().map(r -> r.get("replicate")).toList());
        // sites of M1, M2, M3 on both strands (GTT, TAC, GCG): reference 2, 2, 0; a 2, 2, 0
        assertEquals(1, number(rows.get(0), "motif_spearman"), 1e-12);
        // b: 0, 2, 2, against 2, 2, 0: ranks 1, 2.5, 2.5 and 2.5, 2.5, 1
        assertEquals(-0.5, number(rows.get(1), "motif_spearman"), 1e-12);
        assertEquals(3, number(rows.get(1), "motifs_compared"));
        // mean 0.25, deviation 1.5 / sqrt(2)
        assertTrue(run.out().contains("| 0.250 ± 1.061 | 3 |"), run.out());
        assertTrue(run.out().contains("| x | 2 | 2, 1 |"), run.out());
        assertFalse(rows.get(0).isMapped("reward_median"));
        assertFalse(Files.exists(out.resolve("evaluation.png")));
    }

    @Test
    void readsRunFolders() throws Exception {
        Path sampled = folder.resolve("my-run");
        RunFiles.sample(
                sampled,
                List.of(
                        "--method",
                        "unguided",
                        "--num",
                        2,
                        "--steps",
                        2,
                        "--reward",
                        "gc-content"));
        Path out = folder.resolve("runs");
        assertEquals(0, evaluate(sampled, "--out", out).exitCode());
        assertEquals("my-run", rows(out).get(0).get("set"));
        Files.delete(sampled.resolve("designs.fasta"));
        assertEquals(0, evaluate(sampled, "--out", out).exitCode(), "designs.arrow will do");
        assertEquals(2, number(rows(out).get(0), "n"));
        Files.delete(sampled.resolve("designs.arrow"));
        CommandLineRun run = evaluate(sampled, "--out", out);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("a run must be finished to be read"), run.err());
    }

    @Test
    void saysWhatIsWrongAndWritesNothing() throws Exception {
        Path good = fasta("good.fasta", sequences(2, 1));
        Path empty = Files.createFile(folder.resolve("empty.fasta"));
        Path protein = fasta("protein.fasta", List.of("ACDEF"));
        Path uracil = fasta("uracil.fasta", List.of("ACGUACGU"));
        Path table = table(sequences(3, 1));
        refused("a set must be given, got none");
        refused("empty.fasta must hold at least one design, got none", empty);
        refused("protein.fasta:2:3: illegal letter 'D'", protein, "--reward", "gc-content");
        refused(
                "must have the 50 letters of model 'rna-utr5', got 4 in design 1 of ",
                fasta("short.fasta", List.of("ACGT")),
                "--pretrained",
                "rna-utr5");
        refused(
                "short.fasta: designs for reward 'mrl' must have 50 letters each, got 4",
                folder.resolve("short.fasta"),
                "--reward",
                "mrl");
        refused("missing.fasta, which does not exist", folder.resolve("missing.fasta"));
        refused("must have the column 'sequence'", good, "--reference", table);
        refused("file must exist, got", good, "--reference", folder.resolve("no.tsv"));
        refused("labels must differ, got 'good' twice", good, good);
        refused("unknown model 'rna-utr6'", good, "--model", "rna-utr6");
        refused("--num must be at least 1, got 0", "--model", "rna-utr5", "--num", 0);
        refused("--num has no effect without --model, got 3", good, "--num", 3);
        refused("--kmer has no effect without --reference, got 4", good, "--kmer", 4);
        refused("--motifs has no effect without --reference", good, "--motifs", table);
        refused("--class-threshold has no effect", good, "--class-threshold", 1);
        refused("--seed has no effect without --model or", good, "--seed", 1);
        refused("--reference-top has no effect", good, "--reference", table, "--reference-top", 1);
        refused("got U in ", uracil, "--reference", fasta("dna.fasta", List.of("ACGT")));
        refused(
                "--likelihood-steps must be at least 1",
                good,
                "--pretrained",
                "rna-utr5",
                "--likelihood-steps",
                0);
        refused("unknown reward 'mlr'", good, "--reward", "mlr");
        CommandLineRun file = evaluate(good, "--out", table);
        assertEquals(2, file.exitCode());
        assertTrue(file.err().contains("--out must be a folder, got the file "), file.err());
    }

    private void refused(String reason, Object... options) {
        Path out = folder.resolve("refused");
        List<Object> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(List.of("--out", out));
        CommandLineRun run = evaluate(all.toArray());
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(reason), run.err());
        assertEquals(1, run.err().lines().filter(line -> line.startsWith("tiller: ")).count());
        assertTrue(run.err().lines().count() <= 2, run.err());
        assertFalse(Files.exists(out));
    }
}
