package dev.tiller.sampler.decoder;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Remasking;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;

/**
 * How far finished designs are noised before they are decoded again. The last reverse step at least
 * is always done again.
 */
public interface Renoising {
    /**
     * Returns where decoding goes on.
     *
     * @param process the diffusion model
     * @return a time index in [0, T)
     * @throws IllegalArgumentException if this kind of noise does not fit the process
     */
    int index(ReverseProcess process);

    /**
     * Noises designs.
     *
     * @param process the diffusion model
     * @param x0 clean states
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return states at {@link #index}, with the same rows
     */
    State apply(ReverseProcess process, State x0, Randomness noise, NDManager manager);

    /**
     * Noises as far as a share of the reverse steps takes to undo, in any process.
     *
     * @param share of the steps, in (0, 1]; 1 starts from the prior
     * @return noise by q(x_t | x0)
     */
    static Renoising ofSteps(double share) {
        requireShare(share);
        return new Corruption(
                process -> {
                    int again = (int) Math.round(share * process.steps());
                    return process.steps() - Math.max(1, again);
                });
    }

    /**
     * Masks each letter by chance, in a masked process: as far as the first time index at which not
     * more than a share of the letters is masked on average.
     *
     * @param share of the letters, in (0, 1]; 1 starts from the prior
     * @return noise by q(x_t | x0)
     */
    static Renoising ofShare(double share) {
        requireShare(share);
        return new Corruption(process -> indexOf(process, share));
    }

    /**
     * Masks a number of letters at random positions, in a masked process, as RERD does. Decoding
     * goes on at the first time index at which not more letters are masked on average.
     *
     * @param letters how many, at least 1
     * @return noise by {@link Remasking#remask}
     */
    static Renoising ofLetters(int letters) {
        if (letters < 1) {
            throw new IllegalArgumentException("letters must be at least 1, got " + letters);
        }
        return new Renoising() {
            @Override
            public int index(ReverseProcess process) {
                int length = masked(process).freePositions();
                if (letters > length) {
                    throw new IllegalArgumentException(
                            "letters must be at most the number of letters that are not fixed, "
                                    + length
                                    + ", got "
                                    + letters);
                }
                return indexOf(process, (double) letters / length);
            }

            @Override
            public State apply(
                    ReverseProcess process, State x0, Randomness noise, NDManager manager) {
                return masked(process).remask(x0, letters, noise, manager);
            }
        };
    }

    private static void requireShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share must be in (0, 1], got " + share);
        }
    }

    private static Remasking masked(ReverseProcess process) {
        if (process instanceof Remasking masked) {
            return masked;
        }
        throw new IllegalArgumentException(
                "noise by letters must have a masked process, got "
                        + process.getClass().getSimpleName()
                        + "; give a share of the steps instead");
    }

    private static int indexOf(ReverseProcess process, double share) {
        Remasking masked = masked(process);
        int index = 0;
        // a share that the schedule meets up to rounding is met
        while (index < process.steps() - 1 && masked.maskedShare(index) > share + 1e-9) {
            index++;
        }
        return index;
    }
}
