package dev.tiller.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.tiller.finetune.log.EventFile;
import dev.tiller.finetune.log.RewardHacking;
import dev.tiller.finetune.objective.Objective;
import dev.tiller.finetune.optimizer.AdamW;
import dev.tiller.finetune.optimizer.ExponentialMovingAverage;
import dev.tiller.finetune.optimizer.GradientClipping;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.Randomness;
import dev.tiller.zoo.architecture.DropoutMasks;
import dev.tiller.zoo.architecture.NamedBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Minimises an objective: AdamW or Adam with warm-up, clipping by the global norm or by that of
 * each part of the network, an exponential moving average beside the raw weights, early stopping on
 * the validation of the average or where the objective says so.
 *
 * <p>Batches, corruption and dropout are functions of the seed and the step, and checkpoints hold
 * all state, so a killed run that is resumed ends with the same bytes as one that was not (on the
 * same machine, with the same number of threads).
 */
public final class Trainer {
    private final TrainingOptions options;
    private final Supplier<NamedBlock> architecture;
    private final NDManager device;
    private final Path folder;
    private final TrainingListener listener;
    private final Start start;

    /** Gives a network the weights that training starts from. */
    @FunctionalInterface
    public interface Start {
        /**
         * Sets all weights, those of adapters too.
         *
         * @param network a network without weights
         * @param owner owner of the weights, on the device of the training
         * @throws IOException if they cannot be read
         */
        void weights(NamedBlock network, NDManager owner) throws IOException;
    }

    /**
     * Creates a trainer from random weights.
     *
     * @param options the hyper-parameters
     * @param architecture builds the network without weights; called twice (to train, to validate)
     * @param device a manager of the device to train on
     * @param folder where checkpoints, metrics.csv and the files for TensorBoard go
     * @param listener told of progress; may interrupt
     */
    public Trainer(
            TrainingOptions options,
            Supplier<NamedBlock> architecture,
            NDManager device,
            Path folder,
            TrainingListener listener) {
        this(
                options,
                architecture,
                (network, owner) -> network.initialize(new Philox(options.seed()), owner),
                device,
                folder,
                listener);
    }

    /**
     * Creates a trainer.
     *
     * @param options the hyper-parameters
     * @param architecture builds the network without weights; called twice (to train, to validate).
     *     If it adapts the network (see {@code NamedBlock.adapt}), the adapters alone are trained
     * @param start gives the network its first weights
     * @param device a manager of the device to train on
     * @param folder where checkpoints, metrics.csv and the files for TensorBoard go
     * @param listener told of progress; may interrupt
     */
    public Trainer(
            TrainingOptions options,
            Supplier<NamedBlock> architecture,
            Start start,
            NDManager device,
            Path folder,
            TrainingListener listener) {
        this.options = options;
        this.architecture = architecture;
        this.start = start;
        this.device = device;
        this.folder = folder;
        this.listener = listener;
    }

    /**
     * Trains, from the last checkpoint in the folder if there is one, else from initial weights.
     *
     * @param objective what is minimised
     * @return the best weights, owned by the device manager
     * @throws IOException if a checkpoint or a file of metrics cannot be read or written; the
     *     checkpoints before are as they were
     * @throws IllegalArgumentException if the checkpoint in the folder is of another network
     * @throws TrainingInterruptedException if the listener asked to stop; a checkpoint was written
     */
    public TrainedWeights train(Objective objective) throws IOException {
        Randomness noise = new Philox(options.seed());
        NamedBlock network = architecture.get();
        start.weights(network, device);
        NamedBlock evaluated = architecture.get();
        Map<String, NDArray> trained = trainable(network);
        try (AdamW optimizer = new AdamW(trained, options.adam(), device);
                ExponentialMovingAverage average =
                        new ExponentialMovingAverage(trained, options.emaDecay(), device);
                EventFile events = new EventFile(folder, Clock.systemUTC())) {
            Checkpoints checkpoints = new Checkpoints(folder, options.keepCheckpoints());
            TrainingState state = new TrainingState(network, optimizer, average, device);
            BatchOrder order = new BatchOrder(objective.examples(), options.batchSize(), noise);
            if (checkpoints.restoreLatest(state)) {
                // the run may have been killed before the row reached its file
                events.write(state.lastRow());
            } else {
                validate(objective, evaluated, state);
                if (state.ended(options) != null) {
                    checkpoints.write(state);
                }
                events.write(state.lastRow());
            }
            while (state.ended(options) == null) {
                Step done = step(objective, network, trained, optimizer, state, order, noise);
                average.update();
                state.stepDone(done.batches(), done.gradientNorm());
                boolean last = state.step() == options.maxSteps();
                boolean interrupted = listener.interrupted();
                if (state.step() % options.validateEvery() == 0 || last) {
                    validate(objective, evaluated, state);
                    checkpoints.write(state);
                    events.write(state.lastRow());
                } else if (interrupted) {
                    checkpoints.write(state);
                }
                listener.stepDone(state.progress(), options.maxSteps());
                if (interrupted && state.ended(options) == null) {
                    throw new TrainingInterruptedException(state.step());
                }
            }
            String ended = state.ended(options);
            listener.note("training ended at step " + state.step() + ": " + ended);
            return state.best().ended(ended);
        }
    }

    private static Map<String, NDArray> trainable(NamedBlock network) {
        network.freezeParameters(false);
        Map<String, NDArray> all = network.weights();
        Map<String, NDArray> trained = new LinkedHashMap<>();
        for (String name : network.trainable()) {
            all.get(name).setRequiresGradient(true);
            trained.put(name, all.get(name));
        }
        return trained;
    }

    /** What a step gave: means over its batches, and the gradient norm before clipping. */
    private record Step(Objective.Evaluated batches, double gradientNorm) {}

    private Step step(
            Objective objective,
            NamedBlock network,
            Map<String, NDArray> trained,
            AdamW optimizer,
            TrainingState state,
            BatchOrder order,
            Randomness noise) {
        try (NDManager scope = device.newSubManager()) {
            ParameterStore store = new ParameterStore(scope, false);
            Objective.Forward forward =
                    Objective.Forward.of(
                            (inputs, step) -> {
                                PairList<String, Object> params = new PairList<>();
                                params.add(DropoutMasks.KEY, new DropoutMasks(noise, (int) step));
                                return network.forward(store, inputs, true, params);
                            });
            objective.prepare(state.step());
            double loss = 0;
            Map<String, Double> metrics = new TreeMap<>();
            for (int i = 0; i < options.accumulate(); i++) {
                long batch = state.step() * options.accumulate() + i;
                Objective.Evaluated evaluated =
                        objective.accumulate(forward, order.batch(batch), batch, scope);
                loss += evaluated.loss() / options.accumulate();
                evaluated
                        .metrics()
                        .forEach((k, v) -> metrics.merge(k, v / options.accumulate(), Double::sum));
            }
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            trained.forEach(
                    (name, array) -> {
                        NDArray gradient = array.getGradient();
                        gradient.attach(scope);
                        if (options.accumulate() > 1) {
                            gradient.divi(options.accumulate());
                        }
                        gradients.put(name, gradient);
                    });
            double norm =
                    GradientClipping.byGroups(gradients, options.clipGroups(), options.clipNorm());
            optimizer.step(gradients, options.learningRate().at(state.step()));
            // gradients add up between backward calls: empty them
            gradients.values().forEach(gradient -> gradient.subi(gradient));
            return new Step(new Objective.Evaluated(loss, metrics), norm);
        }
    }

    private void validate(Objective objective, NamedBlock evaluated, TrainingState state) {
        try (NDManager scope = device.newSubManager()) {
            evaluated.load(state.averagedWeights(), scope);
            evaluated.freezeParameters(true);
            ParameterStore store = new ParameterStore(scope, false);
            Objective.Validation validation =
                    objective.validate(
                            Objective.Forward.of(
                                    (inputs, step) -> evaluated.forward(store, inputs, false)),
                            scope);
            state.validated(validation, options);
        }
        RewardHacking.warning(state.rows()).ifPresent(listener::note);
    }

    /**
     * Runs a network in evaluation mode, for test sets.
     *
     * @param network a network with weights
     * @param manager owner of the parameter store
     * @return the forward function
     */
    public static Objective.Forward evaluation(NamedBlock network, NDManager manager) {
        ParameterStore store = new ParameterStore(manager, false);
        return Objective.Forward.of((inputs, step) -> network.forward(store, inputs, false));
    }
}
