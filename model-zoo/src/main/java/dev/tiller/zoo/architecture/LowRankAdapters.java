package dev.tiller.zoo.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.numerics.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The adapters of a block (see {@link LowRank}), made by {@link NamedBlock#adapt}: for each adapted
 * layer the matrices {@code LAYER.lora_A} [r, in] and {@code LAYER.lora_B} [out, r].
 *
 * <p>Their weights come from {@link #initialize}, {@link #load} or {@link NamedBlock#load}. Use a
 * block and its adapters from one thread while either is changed.
 */
public final class LowRankAdapters {
    private static final String WEIGHT = ".weight";
    // beside the initial weights of the network itself, which are candidate 0
    private static final int CANDIDATE = 1;

    private final NamedBlock block;
    private final LowRank options;
    private final Map<String, Slot> adapted;
    private final Map<String, Slot> factors = new LinkedHashMap<>();
    private final Map<String, NDArray> replaced = new LinkedHashMap<>();

    /** {@code own} are the parameters of the network itself by name. */
    LowRankAdapters(NamedBlock block, LowRank options, Map<String, Slot> own) {
        this.block = block;
        this.options = options;
        this.adapted = chosen(block, options, own);
        adapted.forEach(
                (name, slot) -> {
                    long outputs = slot.shape().get(0);
                    long inputs = slot.shape().size() / outputs;
                    int rank = options.rank();
                    add(nameOfA(name), Initial.fanIn(inputs), new Shape(rank, inputs));
                    add(nameOfB(name), Initial.ZERO, new Shape(outputs, rank));
                });
    }

    private static Map<String, Slot> chosen(
            NamedBlock block, LowRank options, Map<String, Slot> own) {
        Map<String, Slot> chosen = new LinkedHashMap<>();
        List<String> layers = new ArrayList<>();
        own.forEach(
                (name, slot) -> {
                    // one row, such as a bias that is added to every head, is no matrix
                    boolean matrix = slot.shape().dimension() >= 2 && slot.shape().get(0) > 1;
                    if (slot.trained() && matrix) {
                        layers.add(layer(name));
                        if (options.chooses(layer(name))) {
                            chosen.put(name, slot);
                        }
                    }
                });
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "layers must be found in the name of a layer of "
                            + block.architecture()
                            + ", got "
                            + options.layers()
                            + "; its layers: "
                            + String.join(", ", layers));
        }
        return chosen;
    }

    private void add(String name, Initial initial, Shape shape) {
        factors.put(name, Slot.of(name, initial, true, shape));
    }

    private static String layer(String weight) {
        return weight.endsWith(WEIGHT)
                ? weight.substring(0, weight.length() - WEIGHT.length())
                : weight;
    }

    /**
     * Names the matrix A of an adapter.
     *
     * @param weight the name of the adapted weight
     * @return the layer's name and {@code .lora_A}
     */
    public static String nameOfA(String weight) {
        return layer(weight) + ".lora_A";
    }

    /**
     * Names the matrix B of an adapter.
     *
     * @param weight the name of the adapted weight
     * @return the layer's name and {@code .lora_B}
     */
    public static String nameOfB(String weight) {
        return layer(weight) + ".lora_B";
    }

    /** The matrices by name. */
    Map<String, Slot> factors() {
        return factors;
    }

    /**
     * Returns what was asked for.
     *
     * @return the argument of {@link NamedBlock#adapt}
     */
    public LowRank options() {
        return options;
    }

    /**
     * Returns which weights are adapted.
     *
     * @return the shape of each matrix or convolution that the adapters are added to, by its name,
     *     in the order of the network
     */
    public Map<String, Shape> adapted() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        adapted.forEach((name, slot) -> shapes.put(name, slot.shape()));
        return shapes;
    }

    /**
     * Returns the weights of the adapters.
     *
     * @return the arrays themselves by name, float32, in the order of the network, A before B
     * @throws IllegalStateException if they were neither loaded nor initialised
     */
    public Map<String, NDArray> weights() {
        if (!factors.values().stream().allMatch(slot -> slot.parameter().isInitialized())) {
            throw new IllegalStateException(
                    "adapters of "
                            + block.architecture()
                            + " have no weights yet; call initialize(noise, owner) or load(weights,"
                            + " owner)");
        }
        Map<String, NDArray> weights = new LinkedHashMap<>();
        factors.forEach((name, slot) -> weights.put(name, slot.array()));
        return weights;
    }

    /**
     * Gives the adapters weights to train from. At first they change nothing: B is zero, and A has
     * Kaiming's uniform distribution with a = sqrt(5), which is uniform within 1 / sqrt(in), as in
     * the paper's code.
     *
     * @param noise the only source of randomness; the address of an adapter is the position of its
     *     weight in the network, whatever other adapters there are
     * @param owner owner of the weights, on the device on which the block will run
     */
    public void initialize(Randomness noise, NDManager owner) {
        block.unfold();
        List<String> names = List.copyOf(block.own().keySet());
        for (String name : adapted.keySet()) {
            int position = names.indexOf(name);
            factors.get(nameOfA(name)).draw(noise, position, CANDIDATE, owner);
            factors.get(nameOfB(name)).draw(noise, position, CANDIDATE, owner);
        }
    }

    /**
     * Copies weights into the adapters.
     *
     * @param weights float32 arrays by name; not kept
     * @param owner owner of the copies, on the device on which the block will run
     * @throws IllegalArgumentException listing all names that are missing, unexpected or misshapen
     */
    public void load(Map<String, NDArray> weights, NDManager owner) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        factors.forEach((name, slot) -> shapes.put(name, slot.shape()));
        new WeightCheck(block.architecture(), shapes, Map.of()).require(weights, name -> false);
        block.unfold();
        factors.forEach((name, slot) -> slot.copy(weights.get(name), owner));
    }

    /**
     * Adds the adapters to the weights. The block has no adapters any more; its outputs are the
     * same up to rounding, and its parameters stay frozen. Until {@link #unmerge()} or {@link
     * #drop()} the weights without adapters are kept.
     *
     * @throws IllegalStateException if these are not the block's adapters, or weights are missing
     */
    public void merge() {
        requireUse(true);
        block.weights();
        block.unfold();
        for (Map.Entry<String, Slot> entry : adapted.entrySet()) {
            NDArray weight = entry.getValue().array();
            NDManager owner = weight.getManager();
            try (NDManager scope = owner.newSubManager()) {
                NDArray a = constant(nameOfA(entry.getKey()), scope);
                NDArray b = constant(nameOfB(entry.getKey()), scope);
                NDArray sum = sum(weight, a, b, scope);
                sum.attach(owner);
                replaced.put(entry.getKey(), weight.duplicate());
                entry.getValue().set(sum);
            }
        }
        block.use(null);
    }

    /** A matrix outside of differentiation. */
    private NDArray constant(String name, NDManager scope) {
        NDArray constant = factors.get(name).array().stopGradient();
        constant.attach(scope);
        return constant;
    }

    /**
     * Undoes {@link #merge()}: the weights that it changed, and the adapters, are those of before,
     * to the last bit, whatever was done to the merged weights since.
     *
     * @throws IllegalStateException if they are not merged, or the block has other adapters now
     */
    public void unmerge() {
        if (replaced.isEmpty()) {
            throw new IllegalStateException(
                    "adapters of " + block.architecture() + " are not merged");
        }
        requireUse(false);
        block.unfold();
        replaced.forEach((name, weight) -> adapted.get(name).set(weight));
        replaced.clear();
        block.use(this);
    }

    /**
     * Takes the adapters away, if they are in use, and frees them and what {@link #merge()} kept.
     * The weights of the block stay as they are, and frozen.
     */
    public void drop() {
        if (block.adapters().equals(Optional.of(this))) {
            block.unfold();
            block.use(null);
        }
        factors.values().forEach(slot -> slot.parameter().close());
        replaced.values().forEach(NDArray::close);
        replaced.clear();
    }

    private void requireUse(boolean these) {
        Optional<LowRankAdapters> used = block.adapters();
        if (!used.equals(these ? Optional.of(this) : Optional.empty())) {
            throw new IllegalStateException(
                    block.architecture()
                            + (these ? " does not use these adapters" : " has other adapters now"));
        }
    }

    /** W + alpha / r B A, owned by {@code owner}; gradients flow to A and B. */
    private NDArray sum(NDArray weight, NDArray a, NDArray b, NDManager owner) {
        NDArray left = b.reshape(b.getShape());
        left.attach(owner);
        NDArray product = Tensors.scale(left.matMul(a), options.alpha() / options.rank());
        return product.reshape(weight.getShape()).add(weight);
    }

    /**
     * The adapters in one forward call.
     *
     * @param adapters the adapters
     * @param owner owner of the weights that are made
     */
    record Call(LowRankAdapters adapters, NDManager owner) {

        /** Returns a parameter as the call sees it. */
        NDArray get(String name, Function<String, NDArray> parameters) {
            NDArray weight = parameters.apply(name);
            if (!adapters.adapted.containsKey(name)) {
                return weight;
            }
            return adapters.sum(
                    weight,
                    parameters.apply(nameOfA(name)),
                    parameters.apply(nameOfB(name)),
                    owner);
        }
    }
}
