package dev.tiller.finetune.backpropagation;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.START;
import static dev.tiller.sampler.exact.TableChain.STATES;
import static dev.tiller.sampler.exact.TableChain.token;

import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.schedule.NoiseSchedule;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * E[r] - alpha * KL of a masked diffusion with a table, by enumeration in float64. A p(x0 | xt) is
 * written as {@code logs[state][position * LETTERS + letter]}.
 */
final class ExactTuning {
    private static final int WIDTH = LENGTH * LETTERS;

    private final NoiseSchedule schedule;
    private final int steps;
    private final double endTime;
    private final double[][] pretrained;

    /** What enumeration says of a model: the law of x0, and the divergence in nats. */
    record Outcome(double[] law, double divergence) {
        double mean(double[] reward) {
            double mean = 0;
            for (int x = 0; x < law.length; x++) {
                mean += law[x] == 0 ? 0 : law[x] * reward[x];
            }
            return mean;
        }
    }

    ExactTuning(NoiseSchedule schedule, int steps, double endTime, double[][] pretrained) {
        this.schedule = schedule;
        this.steps = steps;
        this.endTime = endTime;
        this.pretrained = pretrained;
    }

    /** A positive law of the clean states. */
    static double[] randomLaw(long seed) {
        Philox noise = new Philox(seed);
        double[] law = new double[STATES];
        for (int x = 0; x < STATES; x++) {
            double u = noise.uniform(x, 0, Purpose.INITIALIZATION, 0);
            law[x] = TableChain.isClean(x) ? 0.1 + u * u * u : 0;
        }
        double sum = Arrays.stream(law).sum();
        return Arrays.stream(law).map(p -> p / sum).toArray();
    }

    /** log p(x0 = k at l | xt) where x0 has this law: what perfect training ends in. */
    static double[][] denoiser(double[] law) {
        double[][] logs = new double[STATES][WIDTH];
        for (int x = 0; x < STATES; x++) {
            double[] mass = new double[WIDTH];
            for (int clean = 0; clean < STATES; clean++) {
                if (law[clean] > 0 && fits(clean, x)) {
                    for (int l = 0; l < LENGTH; l++) {
                        mass[l * LETTERS + token(clean, l)] += law[clean];
                    }
                }
            }
            for (int i = 0; i < WIDTH; i++) {
                // letters that are there already are not looked at
                boolean there = token(x, i / LETTERS) != LETTERS;
                logs[x][i] = there ? 0 : Math.log(mass[i] / mass(mass, i / LETTERS));
            }
        }
        return logs;
    }

    private static double mass(double[] mass, int position) {
        return mass[position * LETTERS]
                + mass[position * LETTERS + 1]
                + mass[position * LETTERS + 2];
    }

    private static boolean fits(int clean, int x) {
        for (int l = 0; l < LENGTH; l++) {
            if (token(x, l) != LETTERS && token(x, l) != token(clean, l)) {
                return false;
            }
        }
        return true;
    }

    private double time(int index) {
        return 1 - index * (1 - endTime) / steps;
    }

    private double scale(int index) {
        return Divergence.STEP.scale(schedule, time(index), time(index + 1));
    }

    /** p(y | x): each mask is revealed with chance {@code reveal}; p holds probabilities. */
    private static double kernel(double[] p, int x, int y, double reveal) {
        double chance = 1;
        for (int l = 0; l < LENGTH && chance > 0; l++) {
            int before = token(x, l);
            int after = token(y, l);
            if (before != LETTERS) {
                chance *= before == after ? 1 : 0;
            } else {
                chance *= after == LETTERS ? 1 - reveal : reveal * p[l * LETTERS + after];
            }
        }
        return chance;
    }

    private static double[][] exponentials(double[][] logs) {
        return Arrays.stream(logs)
                .map(row -> Arrays.stream(row).map(Math::exp).toArray())
                .toArray(double[][]::new);
    }

    /** The states that x may become. */
    private static int[] reachable(int x) {
        return IntStream.range(0, STATES).filter(y -> fits(y, x)).toArray();
    }

    private static final int[][] NEXT = new int[STATES][];

    static {
        Arrays.setAll(NEXT, ExactTuning::reachable);
    }

    private double divergence(double[][] logs, int x) {
        double sum = 0;
        for (int i = 0; i < WIDTH; i++) {
            if (token(x, i / LETTERS) == LETTERS) {
                sum += Math.exp(logs[x][i]) * (logs[x][i] - pretrained[x][i]);
            }
        }
        return sum;
    }

    /** The law of the states at each index. */
    double[][] laws(double[][] logs) {
        double[][] p = exponentials(logs);
        double[][] laws = new double[steps + 1][STATES];
        laws[0][START] = 1;
        for (int i = 0; i < steps; i++) {
            for (int x = 0; x < STATES; x++) {
                if (laws[i][x] > 0) {
                    for (int y : NEXT[x]) {
                        laws[i + 1][y] += laws[i][x] * kernel(p[x], x, y, scale(i));
                    }
                }
            }
        }
        return laws;
    }

    Outcome evaluate(double[][] logs) {
        double[][] laws = laws(logs);
        double nats = 0;
        for (int i = 0; i < steps; i++) {
            for (int x = 0; x < STATES; x++) {
                nats += laws[i][x] * scale(i) * divergence(logs, x);
            }
        }
        return new Outcome(laws[steps], nats);
    }

    /** The gradient by the logits of sum_i E[KL_i], the law of the states held fixed. */
    double[][] divergenceGradient(double[][] logs) {
        double[][] laws = laws(logs);
        double[][] gradient = new double[STATES][WIDTH];
        for (int x = 0; x < STATES; x++) {
            double weight = 0;
            for (int i = 0; i < steps; i++) {
                weight += laws[i][x] * scale(i);
            }
            for (int l = 0; l < LENGTH; l++) {
                if (token(x, l) == LETTERS) {
                    addGradient(logs[x], pretrained[x], l, weight, gradient[x]);
                }
            }
        }
        return gradient;
    }

    private static void addGradient(
            double[] logNew, double[] logOld, int l, double weight, double[] out) {
        double mean = 0;
        for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
            mean += Math.exp(logNew[i]) * (logNew[i] - logOld[i]);
        }
        for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
            out[i] += weight * Math.exp(logNew[i]) * (logNew[i] - logOld[i] - mean);
        }
    }

    /**
     * Maximises E[r] - alpha * KL. Where the derivative by p of a state and position vanishes, log
     * p is log q plus the mean value of revealing the letter there, over alpha times the mean
     * scale; that is repeated until nothing changes.
     */
    double[][] maximise(double[] reward, double alpha, int rounds) {
        double[][] logs = Arrays.stream(pretrained).map(double[]::clone).toArray(double[][]::new);
        for (int round = 0; round < rounds; round++) {
            double[][] laws = laws(logs);
            double[][] gains = new double[STATES][WIDTH];
            double[] costs = new double[STATES];
            double[] values = reward.clone();
            for (int i = steps - 1; i >= 0; i--) {
                values = back(logs, i, laws[i], values, alpha, gains, costs);
            }
            for (int x = 0; x < STATES; x++) {
                for (int l = 0; l < LENGTH && costs[x] > 0; l++) {
                    if (token(x, l) == LETTERS) {
                        improve(logs[x], x, l, gains[x], alpha * costs[x]);
                    }
                }
            }
        }
        return logs;
    }

    /** One step of the backward recursion; returns the values at its start. */
    private double[] back(
            double[][] logs,
            int i,
            double[] law,
            double[] next,
            double alpha,
            double[][] gains,
            double[] costs) {
        double[] values = new double[STATES];
        double[][] p = exponentials(logs);
        for (int x = 0; x < STATES; x++) {
            values[x] = -alpha * scale(i) * divergence(logs, x);
            costs[x] += law[x] * scale(i);
            for (int y : NEXT[x]) {
                double chance = kernel(p[x], x, y, scale(i));
                values[x] += chance == 0 ? 0 : chance * next[y];
                for (int l = 0; l < LENGTH && chance > 0 && law[x] > 0; l++) {
                    if (token(x, l) == LETTERS && token(y, l) != LETTERS) {
                        int letter = l * LETTERS + token(y, l);
                        gains[x][letter] += law[x] * chance / p[x][letter] * next[y];
                    }
                }
            }
        }
        return values;
    }

    private void improve(double[] logs, int x, int l, double[] gains, double cost) {
        double sum = 0;
        for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
            logs[i] = pretrained[x][i] + gains[i] / cost;
        }
        double largest =
                Math.max(logs[l * LETTERS], Math.max(logs[l * LETTERS + 1], logs[l * LETTERS + 2]));
        for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
            sum += Math.exp(logs[i] - largest);
        }
        for (int i = l * LETTERS; i < (l + 1) * LETTERS; i++) {
            logs[i] -= largest + Math.log(sum);
        }
    }
}
