package dev.tiller.rewards.composition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One reward of a composition, with the transform and the weight by which it counts; also the form
 * of a penalty.
 *
 * @param column the name of its raw score in tables; {@code column.transformed} is the other
 * @param reward the reward
 * @param transform what takes its score to the common scale
 * @param weight how much it counts; 0 shows it in tables alone
 */
public record Component(String column, NamedReward reward, Transform transform, double weight) {

    /** Checks the weight and the name. */
    public Component {
        Filter.requireColumn(column);
        Objects.requireNonNull(reward, "reward");
        Objects.requireNonNull(transform, "transform");
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("weight must be 0 or more, got " + weight);
        }
    }

    /** What a job file says. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(reward.toMap());
        map.put("as", column);
        map.put("transform", transform.toMap());
        map.put("weight", weight);
        return map;
    }
}
