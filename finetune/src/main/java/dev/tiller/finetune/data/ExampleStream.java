package dev.tiller.finetune.data;

/** Training examples that may change in the course of training; their number does not. */
public interface ExampleStream {
    /**
     * Returns the number of examples.
     *
     * @return at least 1
     */
    int size();

    /**
     * Returns the examples of a step.
     *
     * @param step the training step, at least 0
     * @return {@link #size} examples, a function of the step alone
     */
    LabelledTokens at(long step);

    /**
     * Returns examples that do not change.
     *
     * @param examples the examples
     * @return the same at each step
     */
    static ExampleStream of(LabelledTokens examples) {
        return new ExampleStream() {
            @Override
            public int size() {
                return examples.size();
            }

            @Override
            public LabelledTokens at(long step) {
                return examples;
            }
        };
    }
}
