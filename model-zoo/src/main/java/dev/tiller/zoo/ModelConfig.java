package dev.tiller.zoo;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiller.sampler.schedule.NoiseSchedule;
import dev.tiller.sampler.schedule.Schedules;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model is: the contents of its config.json, whose keys are the names of the components in
 * snake case.
 *
 * @param name the model's name
 * @param kind what the network computes
 * @param architecture a name that {@link dev.tiller.zoo.architecture.Architectures} knows
 * @param architectureConfig the hyper-parameters of the architecture, keys in snake case
 * @param alphabet the letters; a letter's token is its position, the mask comes after the last
 * @param length the length of the sequences, or 0 if the network reads every length
 * @param schedule the noise of the training; denoisers only
 * @param timeConditioning whether a denoiser looks at the time
 * @param label the class that is asked for of a denoiser with class guidance, or null
 * @param target the unit of the first output; rewards and value networks only
 * @param source where the weights come from, or null
 * @param licence the licence of the weights, or null
 * @param referee the model that checks this reward, or null
 * @param valueNetworks for a denoiser, the value-network model of each reward by reward name
 * @param classes the names of a denoiser's classes, class 0 first; empty if they have none
 * @param graph what a score network was trained on, or null; the alphabet is empty then
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ModelConfig(
        String name,
        Kind kind,
        String architecture,
        JsonNode architectureConfig,
        String alphabet,
        int length,
        Schedule schedule,
        boolean timeConditioning,
        Integer label,
        Target target,
        String source,
        String licence,
        String referee,
        Map<String, String> valueNetworks,
        List<String> classes,
        GraphConfig graph) {

    /** What a network computes. */
    public enum Kind {
        /** The denoiser p(x0 | xt). */
        @JsonProperty("denoiser")
        DENOISER,
        /** The reward of clean designs. */
        @JsonProperty("reward")
        REWARD,
        /** The soft value of noisy sequences. */
        @JsonProperty("value")
        VALUE,
        /** The score of noisy graphs. */
        @JsonProperty("score")
        SCORE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * How a target was standardised in training: target = mean + std * output.
     *
     * @param mean the mean, in the unit of the target
     * @param std the standard deviation, positive
     */
    public record Target(double mean, double std) {

        /** Checks that both numbers are finite and the deviation positive. */
        public Target {
            if (!Double.isFinite(mean) || !(std > 0) || Double.isInfinite(std)) {
                throw new IllegalArgumentException(
                        "target must have a finite mean and a positive std, got mean "
                                + mean
                                + " and std "
                                + std);
            }
        }
    }

    /**
     * A noise schedule by name; in config.json one object with the key {@code name} beside the
     * parameters.
     *
     * @param name a name that {@link Schedules} knows
     * @param parameters its parameters by name; not to be modified
     */
    public record Schedule(String name, Map<String, Double> parameters) {

        /** Copies the parameters and checks that such a schedule exists. */
        public Schedule {
            parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
            Schedules.create(name, parameters);
        }

        /**
         * Reads the object of config.json.
         *
         * @param object the name and the parameters
         * @return the schedule
         */
        @JsonCreator
        public static Schedule of(Map<String, Object> object) {
            Map<String, Double> parameters = new TreeMap<>();
            object.forEach(
                    (key, value) -> {
                        if (value instanceof Number number) {
                            parameters.put(key, number.doubleValue());
                        } else if (!key.equals("name")) {
                            throw new IllegalArgumentException(
                                    "schedule parameter '"
                                            + key
                                            + "' must be a number, got "
                                            + value);
                        }
                    });
            if (!(object.get("name") instanceof String name)) {
                throw new IllegalArgumentException("schedule must have a name, got " + object);
            }
            return new Schedule(name, parameters);
        }

        /**
         * Returns the object of config.json.
         *
         * @return the name and the parameters
         */
        @JsonValue
        public Map<String, Object> toObject() {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", name);
            object.putAll(parameters);
            return object;
        }

        /**
         * Makes the schedule.
         *
         * @return the schedule of this name and these parameters
         */
        public NoiseSchedule create() {
            return Schedules.create(name, parameters);
        }
    }

    /** Checks what every model, and what its kind must have. */
    public ModelConfig {
        require(name != null && !name.isBlank(), "name", "not be empty", name);
        require(kind != null, "kind", "be denoiser, reward, value or score", kind);
        require(architecture != null, "architecture", "be given", architecture);
        boolean object = architectureConfig != null && architectureConfig.isObject();
        require(object, "architecture_config", "be an object", architectureConfig);
        boolean score = kind == Kind.SCORE;
        require(score == (graph != null), "graph", "be given for score networks only", graph);
        alphabet = score && alphabet == null ? "" : alphabet;
        boolean letters =
                alphabet != null
                        && alphabet.length() >= 2
                        && alphabet.chars().distinct().count() == alphabet.length();
        require(
                score ? alphabet.isEmpty() : letters,
                "alphabet",
                score ? "be left out of score networks" : "have two letters or more, all different",
                alphabet);
        require(length >= 0, "length", "be >= 0", length);
        require(!score || length == 0, "length", "be left out of score networks", length);
        boolean denoiser = kind == Kind.DENOISER;
        require(
                denoiser == (schedule != null),
                "schedule",
                "be given for denoisers only",
                schedule);
        require(
                (denoiser || score) == (target == null),
                "target",
                "be given for rewards and value networks only",
                target);
        require(
                denoiser || score || !timeConditioning,
                "time_conditioning",
                "be given for denoisers and score networks only",
                timeConditioning);
        require(label == null || label >= 0, "label", "be >= 0", label);
        valueNetworks =
                valueNetworks == null
                        ? Map.of()
                        : Collections.unmodifiableMap(new TreeMap<>(valueNetworks));
        classes = classes == null ? List.of() : List.copyOf(classes);
        boolean named = classes.isEmpty() || denoiser;
        require(named, "classes", "be given for denoisers only", classes);
        boolean different = new HashSet<>(classes).size() == classes.size();
        require(different, "classes", "have different names", classes);
    }

    /**
     * Describes a model of sequences.
     *
     * @param name as in the record
     * @param kind as in the record
     * @param architecture as in the record
     * @param architectureConfig as in the record
     * @param alphabet as in the record
     * @param length as in the record
     * @param schedule as in the record
     * @param timeConditioning as in the record
     * @param label as in the record
     * @param target as in the record
     * @param source as in the record
     * @param licence as in the record
     * @param referee as in the record
     * @param valueNetworks as in the record
     * @param classes as in the record
     */
    @SuppressWarnings("checkstyle:parameternumber")
    public ModelConfig(
            String name,
            Kind kind,
            String architecture,
            JsonNode architectureConfig,
            String alphabet,
            int length,
            Schedule schedule,
            boolean timeConditioning,
            Integer label,
            Target target,
            String source,
            String licence,
            String referee,
            Map<String, String> valueNetworks,
            List<String> classes) {
        this(
                name,
                kind,
                architecture,
                architectureConfig,
                alphabet,
                length,
                schedule,
                timeConditioning,
                label,
                target,
                source,
                licence,
                referee,
                valueNetworks,
                classes,
                null);
    }

    /**
     * Describes a score network of graphs.
     *
     * @param name the model's name
     * @param architecture the name of the architecture
     * @param architectureConfig its hyper-parameters
     * @param graph what it was trained on
     * @param timeConditioning whether the network is told the time
     * @param source where the weights come from, or null
     * @param licence the licence of the weights, or null
     * @return the model
     */
    public static ModelConfig ofGraphs(
            String name,
            String architecture,
            JsonNode architectureConfig,
            GraphConfig graph,
            boolean timeConditioning,
            String source,
            String licence) {
        return new ModelConfig(
                name,
                Kind.SCORE,
                architecture,
                architectureConfig,
                "",
                0,
                null,
                timeConditioning,
                null,
                null,
                source,
                licence,
                null,
                Map.of(),
                List.of(),
                graph);
    }

    /**
     * The same model in another form.
     *
     * @param otherName the name that it is found by
     * @param other the name of the architecture
     * @param otherConfig its configuration
     * @return this with these three
     */
    ModelConfig as(String otherName, String other, JsonNode otherConfig) {
        return new ModelConfig(
                otherName,
                kind,
                other,
                otherConfig,
                alphabet,
                length,
                schedule,
                timeConditioning,
                label,
                target,
                source,
                licence,
                referee,
                valueNetworks,
                classes,
                graph);
    }

    private static void require(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(key + " of a model must " + rule + ", got " + value);
        }
    }
}
