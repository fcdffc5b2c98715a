package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.tiller.sampler.Randomness;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network whose parameters carry the names of the published weight files, in the order in which
 * PyTorch lists the parameters and buffers of the reference.
 *
 * <p>{@link #getParameters()} has exactly these names, so optimisers and averages of weights see
 * what the reference sees. Buffers (running statistics) and constants that are not trained are
 * parameters here that never require gradients. All parameters are float32.
 *
 * <p>A block may be adapted ({@link #adapt}): then matrices of low rank are added to its weights,
 * and they alone are trained. Batch norm then uses the running statistics in training too, so that
 * all that training changes is in the adapters.
 *
 * <p>Forward calls in evaluation mode may run concurrently; load, initialise, fold and train from
 * one thread.
 */
public abstract class NamedBlock extends AbstractBlock {
    private final String architecture;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, float[]> tables = new LinkedHashMap<>();
    private Constants constants;
    private LowRankAdapters adapters;

    NamedBlock(String architecture) {
        this.architecture = architecture;
    }

    final void parameter(String name, Initial initial, long... shape) {
        add(name, initial, true, shape);
    }

    final void untrained(String name, Initial initial, long... shape) {
        add(name, initial, false, shape);
    }

    /** Adds a vector of constants, which weight files may hold or leave out. */
    final void table(String name, float... elements) {
        add(name, Initial.ZERO, false, elements.length);
        tables.put(name, elements);
    }

    /** Adds {@code name.weight} and {@code name.bias} of a layer, as PyTorch initialises them. */
    final void layer(String name, long outputs, long... inputs) {
        long fanIn = 1;
        long[] shape = new long[inputs.length + 1];
        shape[0] = outputs;
        for (int i = 0; i < inputs.length; i++) {
            shape[i + 1] = inputs[i];
            fanIn *= inputs[i];
        }
        parameter(name + ".weight", Initial.fanIn(fanIn), shape);
        parameter(name + ".bias", Initial.fanIn(fanIn), outputs);
    }

    /** Adds a matrix that is drawn as Glorot and Bengio (2010) do. */
    final void matrix(String name, long outputs, long inputs) {
        Initial uniform = Initial.glorot(inputs, outputs);
        parameter(name, uniform, outputs, inputs);
    }

    /** Adds {@code name.weight} and {@code name.bias} of a normalisation. */
    final void norm(String name, long channels) {
        parameter(name + ".weight", Initial.ONE, channels);
        parameter(name + ".bias", Initial.ZERO, channels);
    }

    private void add(String name, Initial initial, boolean trained, long... shape) {
        Slot slot = Slot.of(name, initial, trained, new Shape(shape));
        addParameter(slot.parameter());
        slots.put(name, slot);
    }

    /** The parameters of the network itself, without those of adapters. */
    final Map<String, Slot> own() {
        return slots;
    }

    private Map<String, Slot> all() {
        Map<String, Slot> all = new LinkedHashMap<>(slots);
        if (adapters != null) {
            all.putAll(adapters.factors());
        }
        return all;
    }

    /** Adds the parameters of adapters after those of the network. */
    @Override
    public final ParameterList getDirectParameters() {
        ParameterList list = super.getDirectParameters();
        if (adapters != null) {
            adapters.factors().forEach((name, slot) -> list.add(name, slot.parameter()));
        }
        return list;
    }

    /** Tells whether weight files of this architecture hold {@code name} without using it. */
    boolean ignores(String name) {
        return false;
    }

    /**
     * Turns weights as files hold them into those of this block, where files know other forms.
     *
     * @param given the weights without a common prefix; what is made belongs to their managers
     * @return the weights under the names of this block
     */
    Map<String, NDArray> canonical(Map<String, NDArray> given) {
        return given;
    }

    abstract NDList forward(Layers layers, NDList inputs);

    @Override
    protected final NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        Object masks = params == null ? null : params.get(DropoutMasks.KEY);
        NDManager caller = inputs.head().getManager();
        try (NDManager scope = adapters == null ? null : caller.newSubManager()) {
            return forward(
                    new Layers(
                            getDirectParameters(),
                            store,
                            inputs.head().getDevice(),
                            training,
                            (DropoutMasks) masks,
                            training ? null : constants,
                            scope == null ? null : new LowRankAdapters.Call(adapters, scope)),
                    inputs);
        }
    }

    /**
     * Returns the inputs, in the order in which a forward call takes them.
     *
     * @param withSigma whether the noise is among them; without it the noise is 0. Networks that
     *     know no noise have the same inputs either way
     * @return the inputs; unless an architecture says otherwise one-hot letters of any length
     */
    public List<Input> inputs(boolean withSigma) {
        return List.of(Input.oneHot(-1, Architectures.ONE_HOT_LETTERS));
    }

    /**
     * Returns what exporters call the outputs.
     *
     * @return the names, in the order in which a forward call gives them; unless an architecture
     *     says otherwise one prediction
     */
    public List<String> outputs() {
        return List.of("prediction");
    }

    /**
     * Tells whether the operations of a forward call depend on the length of the input, so that a
     * recording of them holds for the recorded length only.
     *
     * @return true if so; false too where {@link #inputs} tells the only length
     */
    public boolean lengthSpecific() {
        return false;
    }

    /**
     * Returns the size of the alphabet.
     *
     * @return the letters that the network reads, without the mask
     */
    public int letters() {
        return Architectures.ONE_HOT_LETTERS;
    }

    /**
     * Prepares a block for inference: what depends on the weights alone, or on them and the length
     * of the input, is computed at the first call in evaluation mode that needs it and then kept:
     * embeddings of the noise where it is left out of the inputs, tables of positions. The first
     * dozen of lengths are kept; for further ones the tables are computed at each call.
     *
     * <p>Outputs stay the same up to rounding. The weights must not change from now on. Loading,
     * initialising and unfreezing weights undo it; training mode never uses what was kept.
     *
     * @param owner owner of the kept arrays, on the device of the weights; must not be closed
     *     before the last call
     * @throws IllegalStateException if there are no weights yet or they are not frozen
     */
    public final void fold(NDManager owner) {
        requireWeights();
        if (all().values().stream().anyMatch(slot -> slot.parameter().requiresGradient())) {
            throw new IllegalStateException(
                    architecture + " must be frozen to be folded; call freezeParameters(true)");
        }
        unfold();
        constants = new Constants(owner);
    }

    final void unfold() {
        if (constants != null) {
            constants.close();
            constants = null;
        }
    }

    /**
     * Adds low-rank adapters to the matrices and convolutions among the trained parameters. The
     * network itself is frozen from now on, and {@link #trainable()} lists the adapters alone.
     *
     * <p>This makes no weights: those of the adapters may come before or after the network's.
     *
     * @param options which layers, and how
     * @return the adapters, still without weights
     * @throws IllegalArgumentException if no layer is chosen
     * @throws IllegalStateException if there are adapters already
     */
    public final LowRankAdapters adapt(LowRank options) {
        if (adapters != null) {
            throw new IllegalStateException(
                    architecture + " has adapters already; merge or drop them first");
        }
        LowRankAdapters added = new LowRankAdapters(this, options, slots);
        unfold();
        use(added);
        return added;
    }

    /** Uses other adapters from now on, or none; the network itself is frozen. */
    final void use(LowRankAdapters others) {
        adapters = others;
        slots.values().forEach(slot -> slot.parameter().freeze(true));
    }

    /**
     * Returns the adapters in use.
     *
     * @return what {@link #adapt} added; empty if it did not, or they were merged or dropped
     */
    public final Optional<LowRankAdapters> adapters() {
        return Optional.ofNullable(adapters);
    }

    /**
     * Returns the name of the architecture.
     *
     * @return the name under which {@link Architectures} knows it
     */
    public final String architecture() {
        return architecture;
    }

    /**
     * Returns the names of the parameters that are trained; with adapters they alone are.
     *
     * @return the names, in the order of {@link #getParameters()}
     */
    public final List<String> trainable() {
        Map<String, Slot> candidates = adapters == null ? slots : adapters.factors();
        return candidates.entrySet().stream()
                .filter(slot -> slot.getValue().trained())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Returns the shapes of all parameters.
     *
     * @return the shapes by name, in the order of {@link #getParameters()}, also before there are
     *     weights
     */
    public final Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        all().forEach((name, slot) -> shapes.put(name, slot.shape()));
        return shapes;
    }

    /**
     * Returns the weights, those of adapters beside the ones that they are added to.
     *
     * @return the arrays themselves by name, float32, owned by this block, in the order of {@link
     *     #getParameters()}
     * @throws IllegalStateException if the weights were neither loaded nor initialised
     */
    public final Map<String, NDArray> weights() {
        requireWeights();
        Map<String, NDArray> weights = new LinkedHashMap<>();
        all().forEach((name, slot) -> weights.put(name, slot.array()));
        return weights;
    }

    /**
     * Copies weights into this block.
     *
     * <p>A prefix {@code backbone.} or {@code model.} that all names carry is dropped. Names that
     * files of this architecture are known to hold without use are passed over, and tables of
     * constants may be left out; every other deviation is an error. The weights of adapters may be
     * left out together; what the adapters hold then stays.
     *
     * @param weights float32 arrays by published name; not kept
     * @param owner owner of the copies, on the device on which the block will run
     * @throws IllegalArgumentException listing all names that are missing, unexpected or misshapen,
     *     or if a table holds other constants than those of this architecture
     */
    public final void load(Map<String, NDArray> weights, NDManager owner) {
        Map<String, NDArray> given = canonical(Prefixes.strip(weights));
        Map<String, Slot> needed = all();
        if (adapters != null && Collections.disjoint(given.keySet(), adapters.factors().keySet())) {
            needed = slots;
        }
        Map<String, Shape> shapes = shapes();
        shapes.keySet().retainAll(needed.keySet());
        new WeightCheck(architecture, shapes, tables).require(given, this::ignores);
        unfold();
        needed.forEach(
                (name, slot) -> {
                    if (tables.containsKey(name)) {
                        slot.set(owner.create(tables.get(name)));
                    } else {
                        slot.copy(given.get(name), owner);
                    }
                });
    }

    /**
     * Draws initial weights from PyTorch's default distributions, those of adapters as {@link
     * LowRankAdapters#initialize} does.
     *
     * @param noise the only source of randomness; the address of a parameter is its position
     * @param owner owner of the weights, on the device on which the block will run
     */
    public final void initialize(Randomness noise, NDManager owner) {
        unfold();
        int position = 0;
        for (Map.Entry<String, Slot> entry : slots.entrySet()) {
            float[] table = tables.get(entry.getKey());
            if (table != null) {
                entry.getValue().set(owner.create(table));
            } else {
                entry.getValue().draw(noise, position, 0, owner);
            }
            position++;
        }
        if (adapters != null) {
            adapters.initialize(noise, owner);
        }
    }

    @Override
    public final boolean isInitialized() {
        return all().values().stream().allMatch(slot -> slot.parameter().isInitialized());
    }

    private void requireWeights() {
        if (!isInitialized()) {
            throw new IllegalStateException(
                    architecture
                            + " has no weights yet; call load(weights, owner) or initialize(noise,"
                            + " owner)"
                            + (adapters == null ? "" : ", for its adapters too"));
        }
    }

    /**
     * Freezes all parameters, or unfreezes those that are trained; with adapters they alone are.
     *
     * @param freeze true to freeze
     */
    @Override
    public final void freezeParameters(boolean freeze) {
        if (!freeze) {
            unfold();
        }
        List<String> trained = freeze ? List.of() : trainable();
        all().forEach((name, slot) -> slot.parameter().freeze(!trained.contains(name)));
    }

    /**
     * Not used: weights come from a file or from addressed randomness.
     *
     * @throws IllegalStateException if there are no weights yet
     */
    @Override
    public final void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        requireWeights();
    }
}
