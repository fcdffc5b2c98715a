package dev.tiller.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.rewards.sequence.Fasta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that only tell: help, models, rewards, score, plot. */
class InformationCommandsIT {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sample",
                "score",
                "train",
                "finetune",
                "schema",
                "models",
                "rewards",
                "plot",
                "doctor"
            })
    void helps(String command) {
        CommandLineRun run = CommandLineRun.of(command, "--help");
        assertEquals(0, run.exitCode());
        assertTrue(run.out().contains("Usage: tiller " + command), run.out());
    }

    @Test
    void tellsItsVersion() {
        assertTrue(CommandLineRun.of("--version").out().matches("tiller \\d+\\.\\d+.*\\s+"));
        assertTrue(CommandLineRun.of().out().contains("Exit codes"));
    }

    @Test
    void listsAndShowsModels() {
        String list = CommandLineRun.of("models", "list").out();
        for (String name :
                List.of(
                        "rna-utr5 ",
                        "rna-utr5-mrl ",
                        "rna-utr5-mrl-referee",
                        "rna-utr5-mrl-value",
                        "dna-promoter ",
                        "drakes-promoter",
                        "enhancer-class-referee ",
                        "enhancer-class ",
                        "dna-enhancer ",
                        "molecule-qm9 ",
                        "protein-inverse-folding ",
                        "protein-stability ",
                        "protein-stability-referee ",
                        "yeast-expression ",
                        "yeast-expression-referee")) {
            assertTrue(list.contains(name), list);
            CommandLineRun card = CommandLineRun.of("models", "show", name.strip());
            assertEquals(0, card.exitCode());
            for (String part : List.of("license:", "## Data", "## Numbers", "## Recipe", "seed:")) {
                assertTrue(card.out().contains(part), card.out());
            }
        }
        assertEquals(2, CommandLineRun.of("models", "show", "nope").exitCode());
    }

    @Test
    void listsAndShowsRewards() {
        String list = CommandLineRun.of("rewards", "list").out();
        for (String name :
                List.of(
                        "gc-content",
                        "sequence-motif",
                        "mrl ",
                        "mrl-referee",
                        "yeast-expression ",
                        "yeast-expression-referee")) {
            assertTrue(list.contains(name), list);
        }
        String shown = CommandLineRun.of("rewards", "show", "gc-content").out();
        assertTrue(shown.contains("target") && shown.contains("default: 0.5"), shown);
        assertEquals(2, CommandLineRun.of("rewards", "show", "nope").exitCode());
    }

    @Test
    void scoresWhatSampleWrote() throws Exception {
        Path run = folder.resolve("run");
        CommandLineRun.of("sample", "--num", 3, "--steps", 8, "--out", run, "--quiet");
        Path fasta = run.resolve("designs.fasta");
        CommandLineRun scored = CommandLineRun.of("score", "--reward", "mrl", fasta);
        assertEquals(0, scored.exitCode(), scored.err());
        String[] lines = scored.out().split("\\R");
        assertEquals("id\tmrl\treferee", lines[0]);
        List<Fasta.Record> records = Fasta.read(fasta, "ACGT");
        for (int i = 0; i < records.size(); i++) {
            String[] cells = lines[i + 1].split("\t");
            String header =
                    cells[0]
                            + " reward="
                            + cells[1]
                            + ", referee="
                            + cells[2]
                            + ", method=svdd-pm, seed=0";
            assertEquals(records.get(i).header(), header);
        }
    }

    @Test
    void drawsRuns() throws Exception {
        Path run = folder.resolve("run");
        CommandLineRun.of("sample", "--num", 4, "--steps", 4, "--out", run, "--quiet");
        Path picture = folder.resolve("p.png");
        CommandLineRun drawn = CommandLineRun.of("plot", run, "--out", picture);
        assertEquals(0, drawn.exitCode(), drawn.err());
        byte[] bytes = Files.readAllBytes(picture);
        assertTrue(bytes.length > 1000 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G');
        assertEquals(2, CommandLineRun.of("plot", folder, "--out", picture).exitCode());
    }
}
