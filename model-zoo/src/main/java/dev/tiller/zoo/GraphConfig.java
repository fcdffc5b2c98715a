package dev.tiller.zoo;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.tiller.sampler.gaussian.Component;
import dev.tiller.sampler.gaussian.Parameterisation;
import dev.tiller.sampler.gaussian.Predictor;
import dev.tiller.sampler.gaussian.Sde;
import dev.tiller.sampler.gaussian.Sdes;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model of molecules is trained on: graphs whose nodes are atoms and whose edges are bond
 * orders, both noised by a stochastic differential equation of their own.
 *
 * @param atoms the elements, in the order of the features of a node
 * @param nodes N, the number of atoms that the largest molecule has
 * @param sizes the weight of each number of atoms, 1 to N, in the training set
 * @param x the noise of the atoms
 * @param adj the noise of the adjacency matrix
 * @param sampling how the model is sampled unless asked otherwise
 */
public record GraphConfig(
        List<String> atoms, int nodes, List<Double> sizes, Noise x, Noise adj, Sampling sampling) {

    /**
     * The noise of a component, and what the network's output says of it.
     *
     * @param sde vp, ve or sub-vp
     * @param parameters the parameters of the equation by name; not to be modified
     * @param parameterisation what the network's output is
     */
    public record Noise(
            String sde, Map<String, Double> parameters, Parameterisation parameterisation) {

        /** Copies the parameters and checks that there is such an equation. */
        public Noise {
            require(sde != null, "sde", "be vp, ve or sub-vp", null);
            require(parameterisation != null, "parameterisation", "be given", null);
            parameters =
                    parameters == null
                            ? Map.of()
                            : Collections.unmodifiableMap(new TreeMap<>(parameters));
            Sdes.create(sde, parameters);
        }

        /**
         * Reads the object of config.json.
         *
         * @param sde the name of the equation
         * @param parameters its parameters
         * @param parameterisation score, noise, clean or velocity
         * @return the noise
         */
        @JsonCreator
        static Noise of(
                @JsonProperty("sde") String sde,
                @JsonProperty("parameters") Map<String, Double> parameters,
                @JsonProperty("parameterisation") String parameterisation) {
            List<String> known =
                    Arrays.stream(Parameterisation.values()).map(Noise::lowerCase).toList();
            require(
                    known.contains(parameterisation),
                    "parameterisation",
                    "be one of " + known,
                    parameterisation);
            return new Noise(
                    sde,
                    parameters,
                    Parameterisation.valueOf(parameterisation.toUpperCase(Locale.ROOT)));
        }

        /**
         * Returns the object of config.json.
         *
         * @return the components by name
         */
        @JsonValue
        Map<String, Object> toObject() {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("sde", sde);
            object.put("parameters", parameters);
            object.put("parameterisation", lowerCase(parameterisation));
            return object;
        }

        private static String lowerCase(Parameterisation value) {
            return value.name().toLowerCase(Locale.ROOT);
        }

        /**
         * Makes the equation.
         *
         * @return the equation of this name and these parameters
         */
        public Sde create() {
            return Sdes.create(sde, parameters);
        }
    }

    /**
     * How a model is sampled by predictor and corrector.
     *
     * @param steps the number of times, at least 2
     * @param predictor a name that {@link Predictor} knows
     * @param corrector langevin or none
     * @param snr the ratio of signal to noise of the corrector, positive
     * @param scaleEps the factor of the corrector's noise, not negative
     * @param correctorSteps corrections at each time, at least 0
     * @param eps the last time, in (0, 1)
     */
    public record Sampling(
            int steps,
            String predictor,
            String corrector,
            double snr,
            double scaleEps,
            int correctorSteps,
            double eps) {
        /** The Langevin corrector. */
        public static final String LANGEVIN = "langevin";

        /** No corrector. */
        public static final String NONE = "none";

        /** Checks the ranges. */
        public Sampling {
            require(steps >= 2, "sampling.steps", "be >= 2", steps);
            require(predictor != null, "sampling.predictor", "be given", null);
            Predictor.of(predictor);
            require(
                    LANGEVIN.equals(corrector) || NONE.equals(corrector),
                    "sampling.corrector",
                    "be langevin or none",
                    corrector);
            boolean finite = Double.isFinite(snr) && Double.isFinite(scaleEps);
            require(snr > 0 && finite, "sampling.snr", "be positive", snr);
            require(scaleEps >= 0 && finite, "sampling.scale_eps", "be >= 0", scaleEps);
            require(correctorSteps >= 0, "sampling.corrector_steps", "be >= 0", correctorSteps);
            require(eps > 0 && eps < 1, "sampling.eps", "be in (0, 1)", eps);
        }
    }

    /** Copies the lists and checks that all fits together. */
    public GraphConfig {
        require(atoms != null && !atoms.isEmpty(), "atoms", "name one element or more", atoms);
        atoms = List.copyOf(atoms);
        require(
                new HashSet<>(atoms).size() == atoms.size(),
                "atoms",
                "be different elements",
                atoms);
        require(nodes >= 1, "nodes", "be >= 1", nodes);
        int weights = sizes == null ? 0 : sizes.size();
        require(
                weights == nodes,
                "sizes",
                "have one weight for each of the numbers of atoms 1 to " + nodes,
                weights + " weights");
        sizes = List.copyOf(sizes);
        double sum = 0;
        for (double weight : sizes) {
            require(weight >= 0 && Double.isFinite(weight), "sizes", "be >= 0", weight);
            sum += weight;
        }
        require(sum > 0, "sizes", "not all be 0", sizes);
        require(x != null, "x", "be given", null);
        require(adj != null, "adj", "be given", null);
        require(sampling != null, "sampling", "be given", null);
    }

    /**
     * Returns the arrays of a molecule's state.
     *
     * @return x, float32 [N, F], and adj, float32 [N, N]
     */
    public List<Component> components() {
        return List.of(
                new Component(
                        "x",
                        new Shape(nodes, atoms.size()),
                        x.create(),
                        Component.Layout.NODES,
                        x.parameterisation()),
                new Component(
                        "adj",
                        new Shape(nodes, nodes),
                        adj.create(),
                        Component.Layout.PAIRS,
                        adj.parameterisation()));
    }

    private static void require(boolean holds, String key, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "graph." + key + " of a model must " + rule + ", got " + value);
        }
    }
}
