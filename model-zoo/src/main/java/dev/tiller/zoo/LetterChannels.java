package dev.tiller.zoo;

import dev.tiller.rewards.RelaxedDesigns;
import dev.tiller.zoo.ModuleOptions.Layout;
import java.util.List;

/** Puts designs into the channels of a network's input, and gradients back. */
final class LetterChannels {
    private final String letters;
    private final Layout layout;

    /**
     * Names the channels.
     *
     * @param letters the letter of each channel
     * @param layout the order of the axes
     */
    LetterChannels(String letters, Layout layout) {
        this.letters = letters;
        this.layout = layout;
    }

    /** The letters that have a channel: thymine and uracil share one if only one of them has. */
    String readable() {
        boolean thymine = letters.indexOf('T') >= 0;
        boolean uracil = letters.indexOf('U') >= 0;
        return thymine == uracil ? letters : letters + (thymine ? 'U' : 'T');
    }

    int count() {
        return letters.length();
    }

    /** The channel of a letter, or -1. */
    int channel(char letter) {
        int channel = letters.indexOf(letter);
        if (channel >= 0 || (letter != 'T' && letter != 'U')) {
            return channel;
        }
        return letters.indexOf(letter == 'T' ? 'U' : 'T');
    }

    /** The place of a position and a channel within one row of {@code length} positions. */
    private int place(int position, int channel, int length) {
        return layout == Layout.CHANNELS_LAST
                ? position * letters.length() + channel
                : channel * length + position;
    }

    /** One-hot rows, one after another, of readable sequences of one length. */
    float[] hot(List<String> sequences) {
        int length = sequences.get(0).length();
        int size = length * letters.length();
        float[] rows = new float[sequences.size() * size];
        for (int n = 0; n < sequences.size(); n++) {
            for (int i = 0; i < length; i++) {
                int channel = channel(sequences.get(n).charAt(i));
                rows[n * size + place(i, channel, length)] = 1;
            }
        }
        return rows;
    }

    /** Adds relaxed designs from {@code start} on into rows, the last repeated to the end. */
    float[] relaxed(RelaxedDesigns designs, int start, int rows) {
        int length = designs.length();
        int size = length * letters.length();
        float[] input = new float[rows * size];
        for (int n = 0; n < rows; n++) {
            float[] row = designs.rows().get(Math.min(start + n, designs.size() - 1));
            for (int i = 0; i < length; i++) {
                for (int v = 0; v < designs.alphabet().length(); v++) {
                    int channel = channel(designs.alphabet().charAt(v));
                    input[n * size + place(i, channel, length)] +=
                            row[i * designs.alphabet().length() + v];
                }
            }
        }
        return input;
    }

    /** The gradient by a relaxed design, from row {@code n} of the gradient by the input. */
    float[] back(float[] gradient, int n, RelaxedDesigns designs, double scale) {
        int length = designs.length();
        int columns = designs.alphabet().length();
        int size = length * letters.length();
        float[] back = new float[length * columns];
        for (int i = 0; i < length; i++) {
            for (int v = 0; v < columns; v++) {
                int channel = channel(designs.alphabet().charAt(v));
                double own = gradient[n * size + place(i, channel, length)];
                back[i * columns + v] = (float) (scale * own);
            }
        }
        return back;
    }
}
