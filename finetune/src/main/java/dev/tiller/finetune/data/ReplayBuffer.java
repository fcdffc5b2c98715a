package dev.tiller.finetune.data;

import java.util.Arrays;

/**
 * States of the newest trajectories: every few steps a group of new ones takes the place of the
 * oldest. Each roll-out is used more than once, but not for ever.
 *
 * <p>Trajectories have numbers, and the buffer at step s holds those from floor(s / every) *
 * refresh on; number i is kept at place i modulo their count. So its contents are a function of the
 * step: a resumed run makes them anew from their numbers, and nothing has to be stored.
 *
 * <p>Not safe for concurrent use.
 */
public final class ReplayBuffer implements ExampleStream {
    /**
     * Size and pace of a buffer.
     *
     * @param trajectories how many are held, at least 1
     * @param refresh how many are new at a time, in [1, trajectories]
     * @param every after how many steps, at least 1
     */
    public record Options(int trajectories, int refresh, int every) {
        public Options {
            if (trajectories < 1) {
                throw new IllegalArgumentException(
                        "trajectories must be at least 1, got " + trajectories);
            }
            if (refresh < 1 || refresh > trajectories) {
                throw new IllegalArgumentException(
                        "refresh must be in [1, " + trajectories + "], got " + refresh);
            }
            if (every < 1) {
                throw new IllegalArgumentException("every must be at least 1, got " + every);
            }
        }

        /**
         * Returns how many trajectories a run makes.
         *
         * @param steps training steps, at least 1
         * @return the first ones and all that replace them
         */
        public long made(long steps) {
            return trajectories + (steps - 1) / every * refresh;
        }
    }

    /** Makes trajectories. */
    @FunctionalInterface
    public interface Source {
        /**
         * Makes trajectories by their numbers.
         *
         * @param first number of the first one
         * @param count how many
         * @return their states, those of a trajectory together, equally many of each
         */
        LabelledTokens generate(long first, int count);
    }

    private final Options options;
    private final int statesPerTrajectory;
    private final Source source;
    private final long[][] tokens;
    private final double[] labels;
    private long first;
    private LabelledTokens contents;

    /**
     * Creates a buffer, which is empty until its first step.
     *
     * @param options size and pace
     * @param statesPerTrajectory states of each trajectory, at least 1
     * @param source makes trajectories
     */
    public ReplayBuffer(Options options, int statesPerTrajectory, Source source) {
        this.options = options;
        this.statesPerTrajectory = statesPerTrajectory;
        this.source = source;
        this.tokens = new long[options.trajectories() * statesPerTrajectory][];
        this.labels = new double[tokens.length];
    }

    @Override
    public int size() {
        return tokens.length;
    }

    @Override
    public LabelledTokens at(long step) {
        long wanted = step / options.every() * options.refresh();
        if (contents == null || wanted != first) {
            int held = options.trajectories();
            boolean goesOn = contents != null && wanted > first && wanted < first + held;
            long begin = goesOn ? first + held : wanted;
            put(begin, source.generate(begin, (int) (wanted + held - begin)));
            first = wanted;
            // rows that were handed out stay as they were
            contents =
                    new LabelledTokens(
                            Arrays.copyOf(tokens, tokens.length),
                            Arrays.copyOf(labels, labels.length));
        }
        return contents;
    }

    private void put(long begin, LabelledTokens states) {
        for (int i = 0; i < states.size(); i++) {
            long place = (begin + i / statesPerTrajectory) % options.trajectories();
            int row = (int) place * statesPerTrajectory + i % statesPerTrajectory;
            tokens[row] = states.tokens()[i];
            labels[row] = states.labels()[i];
        }
    }
}
