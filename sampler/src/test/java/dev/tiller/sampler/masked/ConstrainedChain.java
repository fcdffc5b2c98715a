package dev.tiller.sampler.masked;

import static dev.tiller.sampler.exact.TableChain.LENGTH;
import static dev.tiller.sampler.exact.TableChain.LETTERS;
import static dev.tiller.sampler.exact.TableChain.STATES;
import static dev.tiller.sampler.exact.TableChain.token;

import dev.tiller.sampler.constraint.AllDesigns;
import dev.tiller.sampler.constraint.Constraints;
import dev.tiller.sampler.exact.TableChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The table chain within constraints: its kernels by summing over all designs, written down from
 * the definition.
 */
final class ConstrainedChain {
    private final TableChain chain;
    private final List<int[]> designs = new ArrayList<>();

    ConstrainedChain(TableChain chain, Constraints constraints) {
        this.chain = chain;
        for (String design : AllDesigns.satisfying(constraints, LENGTH)) {
            designs.add(design.chars().map(AllDesigns.ALPHABET::indexOf).toArray());
        }
    }

    private static boolean fits(int[] design, int state) {
        for (int position = 0; position < LENGTH; position++) {
            int token = token(state, position);
            if (token != LETTERS && token != design[position]) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether some design within the constraints has the letters of a state. */
    boolean canBeCompleted(int state) {
        return designs.stream().anyMatch(design -> fits(design, state));
    }

    boolean satisfied(int state) {
        return TableChain.isClean(state) && canBeCompleted(state);
    }

    /** Returns the state in which only the letters are known that all designs have in common. */
    int start() {
        int state = 0;
        for (int position = 0; position < LENGTH; position++) {
            int p = position;
            int[] letters = designs.stream().mapToInt(design -> design[p]).distinct().toArray();
            state = 4 * state + (letters.length == 1 ? letters[0] : LETTERS);
        }
        return state;
    }

    /** Returns the probability of each design behind a state: the conditioned product. */
    private double[] completions(int state) {
        float[] logs = chain.logPosterior(state, 0);
        double[] law = new double[designs.size()];
        for (int i = 0; i < law.length; i++) {
            law[i] = fits(designs.get(i), state) ? 1 : 0;
            for (int position = 0; position < LENGTH; position++) {
                if (token(state, position) == LETTERS) {
                    law[i] *= Math.exp(logs[position * LETTERS + designs.get(i)[position]]);
                }
            }
        }
        return normalised(law);
    }

    static double[] normalised(double[] law) {
        double sum = Arrays.stream(law).sum();
        return sum == 0 ? law : Arrays.stream(law).map(p -> p / sum).toArray();
    }

    /** Returns p(y | x): a design is drawn, then each mask stays by itself. */
    double[] reveal(int x, double stay) {
        double[] completions = completions(x);
        double[] law = new double[STATES];
        for (int y = 0; y < STATES; y++) {
            for (int i = 0; i < completions.length; i++) {
                double p = completions[i];
                for (int position = 0; position < LENGTH; position++) {
                    boolean same = token(x, position) == token(y, position);
                    if (token(x, position) != LETTERS) {
                        p *= same ? 1 : 0;
                    } else if (same) {
                        p *= stay;
                    } else {
                        p *= token(y, position) == designs.get(i)[position] ? 1 - stay : 0;
                    }
                }
                law[y] += p;
            }
        }
        return law;
    }

    /** Returns p(y | x): a design is drawn and shows its letter at one of the masks. */
    double[] firstHit(int x) {
        double[] completions = completions(x);
        double[] law = new double[STATES];
        int masks = 0;
        for (int position = 0; position < LENGTH; position++) {
            masks += token(x, position) == LETTERS ? 1 : 0;
        }
        if (masks == 0) {
            law[x] = 1;
            return law;
        }
        for (int i = 0; i < completions.length; i++) {
            for (int position = 0; position < LENGTH; position++) {
                if (token(x, position) == LETTERS) {
                    int unit = 1 << (2 * (LENGTH - 1 - position));
                    law[x - (LETTERS - designs.get(i)[position]) * unit] += completions[i] / masks;
                }
            }
        }
        return law;
    }

    /** Returns the most probable design behind a state. */
    int mode(int x) {
        double[] completions = completions(x);
        int best = 0;
        for (int i = 1; i < completions.length; i++) {
            best = completions[i] > completions[best] ? i : best;
        }
        int state = 0;
        for (int letter : designs.get(best)) {
            state = 4 * state + letter;
        }
        return state;
    }
}
