package dev.tiller.sampler.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.ChiSquare;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.exact.TableDenoiser;
import dev.tiller.sampler.schedule.Cosine;
import dev.tiller.sampler.schedule.Geometric;
import dev.tiller.sampler.schedule.LogLinear;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.junit.jupiter.api.Test;

class FirstHittingTest {
    private static final int LENGTH = 4;

    private static FirstHitting process(NoiseSchedule schedule) {
        TableDenoiser denoiser = new TableDenoiser(new TableChain(1, false));
        return new FirstHitting(denoiser, schedule, LENGTH, null);
    }

    @Test
    void hasOneStepPerToken() {
        assertEquals(LENGTH, process(new LogLinear(0)).steps());
    }

    @Test
    void moveChancesAreProductsOfRoots() {
        Philox noise = new Philox(5);
        NoiseSchedule schedule = new Cosine(1e-3);
        double masked = schedule.moveChance(1);
        for (int i = 0; i < LENGTH; i++) {
            double u = noise.uniform(3, i, Purpose.HITTING_TIME, 2);
            masked *= Math.pow(u, 1.0 / (LENGTH - i));
            double time = process(schedule).time(i, 3, 2, noise);
            assertEquals(masked, schedule.moveChance(time), 1e-12);
        }
    }

    @Test
    void timesFallAndTheLastOneStays() {
        Philox noise = new Philox(5);
        for (long id = 0; id < 100; id++) {
            FirstHitting process = process(new LogLinear(1e-3));
            double before = 1;
            for (int i = 0; i < LENGTH; i++) {
                double time = process.time(i, id, 0, noise);
                assertTrue(time > 0 && time < before);
                before = time;
            }
            assertEquals(before, process.time(LENGTH, id, 0, noise));
        }
    }

    @Test
    void eachParticleHasItsOwnTimes() {
        Philox noise = new Philox(5);
        FirstHitting process = process(new LogLinear(0));
        assertNotEquals(process.time(0, 3, 0, noise), process.time(0, 4, 0, noise));
        assertNotEquals(process.time(0, 3, 0, noise), process.time(0, 3, 1, noise));
        assertEquals(process.time(0, 3, 1, noise), process.time(0, 3, 1, noise));
    }

    /** A schedule whose noise does not start at 0 has no time for hits below its move chance. */
    @Test
    void timesStayInTheUnitInterval() {
        Philox noise = new Philox(5);
        FirstHitting process = process(new Geometric(0.5, 2));
        int atZero = 0;
        for (long id = 0; id < 100; id++) {
            double last = process.time(LENGTH - 1, id, 0, noise);
            assertTrue(last >= 0 && last <= 1);
            atZero += last == 0 ? 1 : 0;
        }
        assertTrue(atZero > 0);
    }

    /**
     * The move chances at the hits are the order statistics of 4 uniforms, from the largest: hit i
     * follows Beta(4 - i, i + 1). Seed 5, n = 20,000, chi-square over 50 cells of equal
     * probability, false alarm 1e-6 each.
     */
    @Test
    void hitsFollowTheOrderStatistics() {
        Philox noise = new Philox(5);
        NoiseSchedule schedule = new LogLinear(0.1);
        FirstHitting process = process(schedule);
        double[] law = new double[50];
        Arrays.fill(law, 1.0 / law.length);
        for (int i = 0; i < LENGTH; i++) {
            BetaDistribution beta = BetaDistribution.of(LENGTH - i, i + 1);
            long[] counts = new long[law.length];
            for (long id = 0; id < 20_000; id++) {
                double share = schedule.moveChance(process.time(i, id, 0, noise)) / 0.9;
                counts[(int) (law.length * beta.cumulativeProbability(share))]++;
            }
            ChiSquare.assertFits("hitting time " + i, counts, law);
        }
    }
}
