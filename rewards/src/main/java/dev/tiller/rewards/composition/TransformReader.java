package dev.tiller.rewards.composition;

import dev.tiller.rewards.Spelling;
import java.util.List;
import java.util.function.Supplier;

/** Reads transforms of job files. */
final class TransformReader {
    private static final List<String> TYPES =
            List.of(
                    Identity.TYPE,
                    Sigmoid.TYPE,
                    ReverseSigmoid.TYPE,
                    DoubleSigmoid.TYPE,
                    Step.TYPE,
                    Linear.TYPE);

    private TransformReader() {}

    static Transform read(String place, Object value) {
        if (Identity.TYPE.equals(value)) {
            return new Identity();
        }
        SpecMap map = SpecMap.of(place, value);
        String type = map.text("type");
        return switch (type) {
            case Identity.TYPE -> {
                map.requireKnown(List.of("type"));
                yield new Identity();
            }
            case Sigmoid.TYPE -> sigmoid(map);
            case ReverseSigmoid.TYPE -> reverseSigmoid(map);
            case DoubleSigmoid.TYPE -> doubleSigmoid(map);
            case Step.TYPE -> step(map);
            case Linear.TYPE -> linear(map);
            default -> throw unknown(place, type);
        };
    }

    private static Transform sigmoid(SpecMap map) {
        map.requireKnown(List.of("type", "low", "high", "k"));
        double low = map.number("low");
        double high = map.number("high");
        double k = map.number("k", Sigmoid.STEEPNESS);
        return at(map, () -> new Sigmoid(low, high, k));
    }

    private static Transform reverseSigmoid(SpecMap map) {
        map.requireKnown(List.of("type", "low", "high", "k"));
        double low = map.number("low");
        double high = map.number("high");
        double k = map.number("k", Sigmoid.STEEPNESS);
        return at(map, () -> new ReverseSigmoid(low, high, k));
    }

    private static Transform doubleSigmoid(SpecMap map) {
        map.requireKnown(List.of("type", "low", "high", "rise", "fall"));
        double low = map.number("low");
        double high = map.number("high");
        double rise = map.number("rise", DoubleSigmoid.STEEPNESS);
        double fall = map.number("fall", DoubleSigmoid.STEEPNESS);
        return at(map, () -> new DoubleSigmoid(low, high, rise, fall));
    }

    private static Transform step(SpecMap map) {
        map.requireKnown(List.of("type", "low", "high"));
        double low = map.number("low", Double.NEGATIVE_INFINITY);
        double high = map.number("high", Double.POSITIVE_INFINITY);
        return at(map, () -> new Step(low, high));
    }

    private static Transform linear(SpecMap map) {
        map.requireKnown(List.of("type", "low", "high"));
        double low = map.number("low");
        double high = map.number("high");
        return at(map, () -> new Linear(low, high));
    }

    /** Says where a transform stands whose own checks fail. */
    private static Transform at(SpecMap map, Supplier<Transform> transform) {
        try {
            return transform.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(map.place() + ": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException unknown(String place, String type) {
        return new IllegalArgumentException(
                place
                        + ": unknown type '"
                        + type
                        + "'; known types: "
                        + String.join(", ", TYPES)
                        + Spelling.suggestion(type, TYPES));
    }
}
