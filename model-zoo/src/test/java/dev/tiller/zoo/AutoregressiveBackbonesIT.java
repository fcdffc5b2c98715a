package dev.tiller.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import dev.tiller.rewards.protein.Backbone;
import dev.tiller.zoo.AutoregressiveBackbones.Placed;
import dev.tiller.zoo.architecture.ProteinMpnn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutoregressiveBackbonesIT {
    private static final List<Backbone> BACKBONES = List.of(Helices.of(18), Helices.pair(9, 8));
    private static final int LETTERS = 21;

    @TempDir Path temp;

    private String model() {
        ProteinMpnn.Config config =
                new ProteinMpnn.Config(12, 1, 2, 9, LETTERS, 0, 0, ProteinMpnn.Head.LETTERS, true);
        return ProteinModels.write(temp.resolve("published"), config, 6).toString();
    }

    private AutoregressiveBackbones open(Backend backend) {
        return ModelZoo.autoregressive(model(), backend, Device.cpu(), BACKBONES);
    }

    private static Placed random(int condition, long seed) {
        Random random = new Random(seed);
        int length = BACKBONES.get(condition).length();
        List<Integer> order = new ArrayList<>(IntStream.range(0, length).boxed().toList());
        Collections.shuffle(order, random);
        return new Placed(
                condition,
                random.ints(length, 0, LETTERS).toArray(),
                order.stream().mapToInt(Integer::intValue).toArray());
    }

    /** A residue never sees its own letter nor those that come later, and does see earlier ones. */
    @ParameterizedTest
    @EnumSource(value = Backend.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void residuesSeeWhatComesBefore(Backend backend) {
        Placed all = random(0, 1);
        int length = all.tokens().length;
        try (AutoregressiveBackbones network = open(backend)) {
            float[] whole = network.logProbabilities(List.of(all)).get(0);
            for (int place = 0; place < length; place++) {
                int[] other = all.tokens().clone();
                for (int later = place; later < length; later++) {
                    other[all.order()[later]] = (other[all.order()[later]] + 5) % LETTERS;
                }
                Placed partly = new Placed(0, other, all.order());
                float[] row = network.logProbabilities(List.of(partly)).get(0);
                for (int i = 0; i < length; i++) {
                    int at = all.order()[i];
                    float[] before = letters(whole, at);
                    float[] after = letters(row, at);
                    if (i <= place) {
                        assertArrayEquals(before, after, 1e-6f, "place " + i + " of " + place);
                    }
                }
                if (place == 0) {
                    int last = all.order()[length - 1];
                    assertFalse(Arrays.equals(letters(whole, last), letters(row, last)));
                }
            }
        }
    }

    private static float[] letters(float[] row, int residue) {
        return Arrays.copyOfRange(row, residue * LETTERS, (residue + 1) * LETTERS);
    }

    @Test
    void enginesAgreeAndRowsDependOnNothingElse() {
        List<Placed> designs = List.of(random(0, 1), random(1, 2), random(0, 3));
        try (AutoregressiveBackbones torch = open(Backend.PYTORCH);
                AutoregressiveBackbones onnx = open(Backend.ONNX)) {
            List<float[]> rows = torch.logProbabilities(designs);
            for (int i = 0; i < rows.size(); i++) {
                float[] one = torch.logProbabilities(List.of(designs.get(i))).get(0);
                assertArrayEquals(rows.get(i), one);
                assertArrayEquals(rows.get(i), onnx.logProbabilities(designs).get(i), 1e-5f);
            }
        }
    }

    /** Each residue has a distribution over the letters, and a score is the mean over them. */
    @Test
    void scoresAreMeansOverResidues() {
        Placed design = random(1, 4);
        try (AutoregressiveBackbones network = open(Backend.PYTORCH)) {
            float[] row = network.logProbabilities(List.of(design)).get(0);
            double sum = 0;
            for (int i = 0; i < design.tokens().length; i++) {
                double total = 0;
                for (float log : letters(row, i)) {
                    total += Math.exp(log);
                }
                assertEquals(1, total, 1e-5);
                sum -= row[i * LETTERS + design.tokens()[i]];
            }
            double[] scores = network.negativeLogLikelihood(List.of(design));
            assertArrayEquals(new double[] {sum / design.tokens().length}, scores, 1e-9);
        }
    }

    @Test
    void complaintsSayWhatIsWrong() {
        Placed good = random(0, 1);
        int[] twice = good.order().clone();
        twice[0] = twice[1];
        try (AutoregressiveBackbones network = open(Backend.PYTORCH)) {
            assertTrue(
                    complaint(
                                    () ->
                                            network.logProbabilities(
                                                    List.of(new Placed(0, good.tokens(), twice))))
                            .startsWith("order must hold each residue from 0 to 17 once"));
            assertTrue(
                    complaint(
                                    () ->
                                            network.logProbabilities(
                                                    List.of(
                                                            new Placed(
                                                                    1,
                                                                    good.tokens(),
                                                                    good.order()))))
                            .startsWith("tokens must be one for each residue of helices"));
        }
        String path = model();
        assertTrue(
                complaint(
                                () ->
                                        ModelZoo.inverseFolding(
                                                path, Backend.PYTORCH, Device.cpu(), BACKBONES))
                        .startsWith("model 'published' must see all residues to denoise them"));
        ModelCheck.run(ModelZoo.find(path), Backend.ONNX, Device.cpu());
    }

    private static String complaint(Runnable call) {
        return assertThrows(IllegalArgumentException.class, call::run).getMessage();
    }
}
