package dev.tiller.zoo;

import java.nio.file.Path;

/**
 * How a network in a file of another program is read as a reward: score = mean + std * y, with y
 * one of the numbers that the network gives for a design.
 *
 * @param file the TorchScript module or ONNX graph; it takes float32 one-hot letters and gives [B],
 *     [B, n] or [B, n, 1], of which the first output counts if there are several
 * @param letters the letter of each of the K channels; T and U are read as one unless both are here
 * @param length the number of letters of a design, or 0 for any
 * @param mean what 0 stands for, in the unit of the score
 * @param std what a difference of 1 stands for; negative where less is better
 * @param output which of the n numbers counts, from 0
 * @param layout the order of the axes of the input
 */
public record ModuleOptions(
        Path file, String letters, int length, double mean, double std, int output, Layout layout) {

    /** The order of the axes of one-hot letters. */
    public enum Layout {
        /** [B, L, K]: the letters of a position lie side by side. */
        CHANNELS_LAST,
        /** [B, K, L], as convolutions of PyTorch take it. */
        CHANNELS_FIRST
    }

    /** Checks everything but the file, which has no default. */
    public ModuleOptions {
        boolean distinct =
                letters != null
                        && letters.length() >= 2
                        && letters.chars().distinct().count() == letters.length()
                        && letters.chars().noneMatch(Character::isLowerCase);
        require(distinct, "letters", "be two or more, all different, in upper case", letters);
        require(length >= 0, "length", "be 0 or more", length);
        require(Double.isFinite(mean), "mean", "be finite", mean);
        require(Double.isFinite(std) && std != 0, "std", "be finite and not 0", std);
        require(output >= 0, "output", "be 0 or more", output);
        require(layout != null, "layout", "be channels-last or channels-first", layout);
    }

    /**
     * Returns the options that hold where none are given.
     *
     * @return no file, the letters ACGT of designs of any length, and the first number as it is
     */
    public static ModuleOptions defaults() {
        return new ModuleOptions(null, "ACGT", 0, 0, 1, 0, Layout.CHANNELS_LAST);
    }

    private static void require(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(key + " must " + rule + ", got " + value);
        }
    }
}
