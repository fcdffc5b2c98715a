package dev.tiller.rewards.composition;

import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Several rewards as one. The score of a design that passes all filters is
 *
 * <p>A(T_1, ..., T_n) prod_j P_j^(w_j)
 *
 * <p>with the aggregate A of the transformed scores T_i of the components, and the transformed
 * scores P_j of the penalties, which must lie in [0, 1]: 1 leaves the score as it is. The score of
 * any other design is the floor.
 *
 * @param aggregate how components make one number
 * @param components at least one, not all of weight 0
 * @param filters conditions that are looked at first, in this order
 * @param penalties factors; where there are any, the aggregate must be 0 or more
 * @param floor the score of a design that fails a filter; a design that passes must not score less,
 *     which is an error when it happens
 */
public record Composition(
        Aggregate aggregate,
        List<Component> components,
        List<Filter> filters,
        List<Component> penalties,
        double floor)
        implements RewardSpec {

    /** Checks weights and names. */
    public Composition {
        Objects.requireNonNull(aggregate, "aggregate");
        components = List.copyOf(components);
        filters = List.copyOf(filters);
        penalties = List.copyOf(penalties);
        if (components.stream().noneMatch(component -> component.weight() > 0)) {
            throw new IllegalArgumentException(
                    "components must have one or more of a weight above 0, got "
                            + components.size()
                            + (components.isEmpty() ? "" : " of weight 0"));
        }
        if (!Double.isFinite(floor)) {
            throw new IllegalArgumentException("floor must be finite, got " + floor);
        }
        Set<String> seen = new HashSet<>();
        for (String name : names(components, filters, penalties)) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "names of components, filters and penalties must differ, got '"
                                + name
                                + "' twice; name one of them with as: NAME");
            }
        }
    }

    private static List<String> names(
            List<Component> components, List<Filter> filters, List<Component> penalties) {
        List<String> names = new ArrayList<>();
        components.forEach(component -> names.add(component.column()));
        filters.forEach(filter -> names.add(filter.column()));
        penalties.forEach(penalty -> names.add(penalty.column()));
        return names;
    }

    /**
     * Names the columns of a table of results.
     *
     * @return for each component, filter and penalty, in this order, the column of its raw and of
     *     its transformed score
     */
    public List<String> columns() {
        return names(components, filters, penalties).stream()
                .flatMap(name -> List.of(name, name + ".transformed").stream())
                .toList();
    }

    @Override
    public Reward create(Rewards rewards, RewardContext context) {
        return CompositeReward.create(this, rewards, context);
    }

    @Override
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("aggregate", aggregate.toString());
        map.put("components", components.stream().map(Component::toMap).toList());
        map.put("filters", filters.stream().map(Filter::toMap).toList());
        map.put("penalties", penalties.stream().map(Component::toMap).toList());
        map.put("floor", floor);
        return map;
    }
}
