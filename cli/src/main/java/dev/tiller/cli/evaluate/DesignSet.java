package dev.tiller.cli.evaluate;

import dev.tiller.rewards.Condition;
import dev.tiller.rewards.Designs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The designs of one seed of a method.
 *
 * @param label the method's name in the table
 * @param replicate which seed of the method, from 1
 * @param source where the designs come from: a file, or a model and its seed
 * @param designs the designs, at least one, each with at least one letter
 * @param conditions what each design was made for; empty if for nothing
 */
public record DesignSet(
        String label,
        int replicate,
        String source,
        List<String> designs,
        List<Condition> conditions) {
    /** Copies the lists. */
    public DesignSet {
        designs = List.copyOf(designs);
        conditions = List.copyOf(conditions);
        if (designs.isEmpty()) {
            throw new IllegalArgumentException(source + " must hold at least one design, got none");
        }
    }

    /**
     * Describes designs that were made for nothing in particular.
     *
     * @param label the method's name in the table
     * @param replicate which seed of the method, from 1
     * @param source where the designs come from
     * @param designs the designs
     */
    public DesignSet(String label, int replicate, String source, List<String> designs) {
        this(label, replicate, source, designs, List.of());
    }

    /** Returns some of the designs, with what they were made for. */
    Designs part(int start, int end) {
        return new Designs(
                designs.subList(start, end),
                conditions.isEmpty() ? List.of() : conditions.subList(start, end));
    }

    /** Returns the designs apart by what they were made for: only those can be compared. */
    List<List<String>> byCondition() {
        if (conditions.isEmpty()) {
            return List.of(designs);
        }
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (int i = 0; i < designs.size(); i++) {
            groups.computeIfAbsent(conditions.get(i).id(), id -> new ArrayList<>())
                    .add(designs.get(i));
        }
        return List.copyOf(groups.values());
    }

    /** Checks that all designs have so many letters. */
    void requireLength(int length, String model) {
        for (int i = 0; i < designs.size(); i++) {
            if (designs.get(i).length() != length) {
                throw new IllegalArgumentException(
                        "designs must have the "
                                + length
                                + " letters of model '"
                                + model
                                + "', got "
                                + designs.get(i).length()
                                + " in design "
                                + (i + 1)
                                + " of "
                                + source);
            }
        }
    }
}
