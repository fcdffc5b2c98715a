package dev.tiller.finetune.backpropagation;

/**
 * A temperature that changes geometrically over training: in equal steps of its logarithm.
 *
 * @param first its value at training step 0, above 0
 * @param last its value at the last training step, above 0
 * @param steps training steps in all, at least 1
 */
public record Annealing(double first, double last, long steps) {
    /** Checks the ranges. */
    public Annealing {
        requirePositive("temperature", first);
        requirePositive("last temperature", last);
        if (steps < 1) {
            throw new IllegalArgumentException("training steps must be at least 1, got " + steps);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name
                            + " must be above 0 and finite, got "
                            + value
                            + "; 1 is the published one");
        }
    }

    /**
     * Makes a temperature that stays.
     *
     * @param temperature above 0
     * @return the same at all steps
     */
    public static Annealing constant(double temperature) {
        return new Annealing(temperature, temperature, 1);
    }

    /**
     * Returns the temperature of a training step.
     *
     * @param step the training step, from 0; from the last one on it stays
     * @return a number between the first and the last temperature
     */
    public double at(long step) {
        if (steps == 1 || first == last) {
            return first;
        }
        double share = Math.min(1, (double) step / (steps - 1));
        return first * StrictMath.pow(last / first, share);
    }
}
