package dev.tiller.guidance;

import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Designs;
import dev.tiller.sampler.State;
import dev.tiller.sampler.masked.Layouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Reads token states whose designs differ in length and in what they were made for: each design is
 * cut to its own length and given its condition.
 */
public final class LayoutReader implements DesignReader {
    private final DesignReader tokens;
    private final Layouts layouts;
    private final IntFunction<Optional<Condition>> conditions;

    /**
     * Creates the reader.
     *
     * @param alphabet the letter of each token, token 0 first
     * @param layouts the length of each design
     * @param conditions what a reward is told of a condition; of all or of none
     */
    public LayoutReader(
            String alphabet, Layouts layouts, IntFunction<Optional<Condition>> conditions) {
        this.tokens = DesignReader.ofTokens(alphabet);
        this.layouts = layouts;
        this.conditions = conditions;
    }

    @Override
    public Designs read(State x0) {
        List<String> padded = tokens.read(x0).sequences();
        List<String> designs = new ArrayList<>(padded.size());
        List<Condition> told = new ArrayList<>(padded.size());
        for (int row = 0; row < padded.size(); row++) {
            long id = x0.sampleId(row);
            designs.add(padded.get(row).substring(0, layouts.of(id).length()));
            conditions.apply(layouts.condition(id)).ifPresent(told::add);
        }
        return new Designs(designs, told);
    }
}
