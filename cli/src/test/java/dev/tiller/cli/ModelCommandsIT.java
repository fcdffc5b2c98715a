package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tiller models convert, check} and {@code export}: their lines and exit codes. */
class ModelCommandsIT {
    @TempDir private Path folder;

    private Path out() {
        return folder.resolve("out");
    }

    private static CommandLineRun succeeds(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("", run.err());
        return run;
    }

    private static String refused(Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("tiller: "), run.err());
        List<String> lines = run.err().lines().toList();
        boolean hinted = lines.size() == 2 && lines.get(1).startsWith("Try 'tiller models ");
        assertTrue(lines.size() == 1 || hinted, run.err());
        return lines.get(0).substring("tiller: ".length());
    }

    /** The weights of a built-in model in a file. */
    private Path weights(String model) {
        Path exported = folder.resolve(model);
        succeeds("models", "export", model, exported, "--format", "safetensors");
        return exported.resolve("model.safetensors");
    }

    @Test
    void exportsConvertsAndChecksTheSameWeights() {
        Path file = weights("rna-utr5");
        CommandLineRun converted =
                succeeds(
                        "models",
                        "convert",
                        file,
                        out(),
                        "--length",
                        50,
                        "--licence",
                        "CC0-1.0",
                        "--source",
                        "a test");
        List<String> lines = converted.out().lines().toList();
        assertEquals(2, lines.size(), converted.out());
        assertTrue(lines.get(0).startsWith("out: denoiser, dna-conv {\"hidden\":"), lines.get(0));
        assertEquals("wrote " + out(), lines.get(1));
        ModelDirectory original = ModelZoo.builtIn("rna-utr5");
        ModelDirectory model = ModelDirectory.open(out());
        assertEquals(original.digest(), model.digest());
        assertEquals(original.config().architectureConfig(), model.config().architectureConfig());
        assertEquals("a test", model.config().source());
        for (String backend : List.of("auto", "pytorch", "onnx")) {
            CommandLineRun check = succeeds("models", "check", out(), "--backend", backend);
            String engine = backend.equals("pytorch") ? "pytorch (libtorch" : "onnx (ONNX Runtime";
            assertTrue(check.out().contains("backend     " + engine), check.out());
            assertTrue(check.out().contains("model       out\n"), check.out());
            assertTrue(check.out().contains("kind        denoiser, dna-conv\n"), check.out());
            assertTrue(check.out().contains("input       int64 (16, 50)\n"), check.out());
            assertTrue(check.out().contains("output      float32 (16, 50, 5)\n"), check.out());
            assertTrue(check.out().contains("sha256      " + model.digest() + "\n"), check.out());
            assertTrue(check.out().matches("(?s).*parameters  [0-9,]+\n.*"), check.out());
            assertTrue(
                    check.out().matches("(?s).*speed  .*ms a call on one thread, .* rows/s\n"),
                    check.out());
        }
    }

    @Test
    void namesKindTargetAndScheduleAreAsAskedFor() {
        Path reward = weights("rna-utr5-mrl");
        succeeds(
                "models", "convert", reward, out(), "--name", "load", "--kind", "value", "--mean",
                "5.5", "--std", "2");
        ModelDirectory model = ModelDirectory.open(out());
        assertEquals("load", model.config().name());
        assertEquals("value", model.config().kind().toString());
        assertEquals(5.5, model.config().target().mean());
        assertEquals(2, model.config().target().std());
        Path denoiser = weights("rna-utr5");
        Path other = folder.resolve("other");
        succeeds(
                "models",
                "convert",
                denoiser,
                other,
                "--length",
                50,
                "--schedule",
                "geometric",
                "--schedule-option",
                "sigma_min=0.001",
                "--schedule-option",
                "sigma_max=20",
                "--time-conditioning");
        ModelDirectory noisy = ModelDirectory.open(other);
        assertEquals("geometric", noisy.config().schedule().name());
        assertEquals(20.0, noisy.config().schedule().parameters().get("sigma_max"));
        assertTrue(noisy.config().timeConditioning());
    }

    @Test
    void anExportedGraphIsAModelAgain() {
        CommandLineRun export =
                succeeds("models", "export", "rna-utr5-mrl", out(), "--format", "onnx");
        assertTrue(export.out().startsWith("## ONNX export\n\nOperator set "), export.out());
        assertTrue(export.out().contains("| rows | length | largest difference |"), export.out());
        assertTrue(export.out().endsWith("wrote " + out() + "\n"), export.out());
        CommandLineRun check = succeeds("models", "check", out());
        assertTrue(check.out().contains("onnx (the only one for architecture onnx)"), check.out());
        assertFalse(check.out().contains("parameters"), check.out());
        assertTrue(
                refused("models", "check", out(), "--backend", "pytorch")
                        .contains("must be onnx or auto, got pytorch"));
        Path again = folder.resolve("again");
        CommandLineRun converted =
                succeeds(
                        "models",
                        "convert",
                        out().resolve("model.onnx"),
                        again,
                        "--kind",
                        "reward",
                        "--length",
                        50);
        assertTrue(
                converted.out().startsWith("again: reward, onnx {\"channels_first\":false,"),
                converted.out());
        succeeds("models", "check", again, "--backend", "onnx");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--kind oracle | unknown value 'oracle'; known: denoiser, reward, value",
                "--weights best | unknown value 'best'; known: raw, ema",
                "--architecture cnn | unknown architecture 'cnn'; known architectures: conv-gru",
                "--set hidden=33 | hidden must be even, >= 2, got 33",
                "--set hidden=wide | configuration of dna-conv: hidden: Cannot",
                "--set hiden=32 | unknown key 'hiden' in the configuration of dna-conv",
                "--schedule linea | linea",
                "--schedule-option eps=1 | --schedule must be given with --schedule-option",
                "--alphabet ACGTU | alphabet must have the 4 letters of the network, got ACGTU",
                "--std 0 | target must have a finite mean and a positive std, got mean 0.0",
                "--label 3 | label must be left out, for the network is not guided by classes",
                "--weights ema | average",
                "--section ema | --section has no effect on",
                "--prefix model. | prefix",
                "--kind reward | must be denoiser, got reward"
            })
    void refusesRequestsThatDoNotFit(String options, String text) {
        Path file = weights("rna-utr5");
        List<Object> arguments = new ArrayList<>(List.of("models", "convert", file, out()));
        arguments.addAll(List.of("--length", "50"));
        arguments.addAll(Arrays.asList(options.split(" ")));
        String line = refused(arguments.toArray());
        assertTrue(line.contains(text), line);
        assertFalse(Files.exists(out()), "nothing is written");
    }

    @Test
    void refusesFoldersInUseAndWhatIsNotThere() throws Exception {
        Path file = weights("rna-utr5");
        Files.createDirectories(out());
        Path thesis = Files.writeString(out().resolve("thesis.txt"), "years of work");
        String used = "output must be a new or empty folder, got " + out() + "; remove it first";
        assertEquals(used, refused("models", "convert", file, out(), "--length", 50));
        assertEquals(used, refused("models", "export", "rna-utr5", out(), "--format", "onnx"));
        assertEquals("years of work", Files.readString(thesis));
        assertTrue(
                refused("models", "convert", "nowhere.pt", folder.resolve("o"))
                        .contains("file must exist, got nowhere.pt"));
        assertTrue(
                refused("models", "export", "nope", folder.resolve("o"), "--format", "onnx")
                        .startsWith("unknown model 'nope'"));
        assertTrue(refused("models", "check", "nope").startsWith("unknown model 'nope'"));
        assertTrue(
                refused("models", "export", "rna-utr5", folder.resolve("o"), "--format", "tf")
                        .contains("unknown value 'tf'; known: onnx, safetensors"));
        assertFalse(Files.exists(folder.resolve("o")));
    }
}
