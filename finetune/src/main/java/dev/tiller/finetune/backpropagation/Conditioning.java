package dev.tiller.finetune.backpropagation;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Condition;
import dev.tiller.sampler.masked.Layouts;
import java.util.Optional;

/** What trajectories are drawn given, such as the backbones that proteins are to fold into. */
public interface Conditioning {
    /**
     * Returns the layouts of the designs.
     *
     * @return length and given letters of each condition, and the condition of each sample; none of
     *     them tied
     */
    Layouts layouts();

    /**
     * Returns what the network reads beside the tokens.
     *
     * @param conditions the number of the condition of each row
     * @param manager owner of the arrays
     * @return further inputs, one row each, padded to the length of the layouts; none is
     *     differentiated
     */
    NDList inputs(int[] conditions, NDManager manager);

    /**
     * Returns what a reward is told.
     *
     * @param number the number of a condition
     * @return the condition, or empty if there is nothing to tell
     */
    Optional<Condition> condition(int number);

    /**
     * Returns the conditioning of designs that are given nothing.
     *
     * @param length L, letters of a design
     * @return the conditioning
     */
    static Conditioning none(int length) {
        Layouts layouts = Layouts.free(length);
        return new Conditioning() {
            @Override
            public Layouts layouts() {
                return layouts;
            }

            @Override
            public NDList inputs(int[] conditions, NDManager manager) {
                return new NDList();
            }

            @Override
            public Optional<Condition> condition(int number) {
                return Optional.empty();
            }
        };
    }
}
