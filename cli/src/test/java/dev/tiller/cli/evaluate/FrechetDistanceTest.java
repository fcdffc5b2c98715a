package dev.tiller.cli.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tiller.sampler.parity.ParityCase;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrechetDistanceTest {
    private static final double FLOAT32 = 1e-6;

    static Stream<ParityCase> cases() {
        return ParityCase.find("09_metrics").stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsThePublishedCode(ParityCase parity) {
        double expected = parity.json().get("scalars").get("out.frechet").asDouble();
        double distance = FrechetDistance.between(rows(parity, "in.emb1"), rows(parity, "in.emb2"));
        assertEquals(expected, distance, FLOAT32 * expected);
    }

    private static double[][] rows(ParityCase parity, String name) {
        float[] all = parity.floats(name);
        int count = parity.json().get("shapes").get(name).get("shape").get(0).asInt();
        double[][] rows = new double[count][all.length / count];
        for (int i = 0; i < all.length; i++) {
            rows[i / rows[0].length][i % rows[0].length] = all[i];
        }
        return rows;
    }

    @Test
    void isSquaredShiftOfEqualSpreads() {
        double[][] one = {{0, 0}, {1, 2}, {2, 1}};
        double[][] other = {{3, 0}, {4, 2}, {5, 1}};
        assertEquals(9, FrechetDistance.between(one, other), 1e-9);
    }
}
