package dev.tiller.sampler.gaussian;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.DifferentiablePrediction;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Prediction;
import dev.tiller.sampler.Proposal;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.Randomness.Purpose;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.gaussian.GaussianProposal.HalfStep;
import dev.tiller.sampler.numerics.Gradients;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gaussian diffusion on arrays and graphs, sampled by predictor and corrector (Song et al. 2021,
 * arXiv 2011.13456; for graphs Jo et al. 2022, arXiv 2202.02514).
 *
 * <p>At each of the T times from 1 to eps there are n corrections and one prediction. Each is a
 * transition of its own: one network call at the current state moves all components at once, and
 * given the state the next one is Gaussian. So there are (1 + n) T - 1 steps; the last prediction
 * is {@link #finish}, which takes its mean. A state at time index i is at grid time i / (1 + n).
 * With one correction this is the order of the published sampler of GDSS (which, with more of them,
 * makes all of the first component before those of the second).
 *
 * <p>A state holds the components, float32 [B, ...], and for a graph the mask, float32 [B, N], 1
 * for the first nodes. A prediction row is what the network said, all components in row-major
 * order, float32. Of a symmetric matrix the part above the diagonal counts, in states as in
 * predictions.
 */
public final class GaussianDiffusion implements ReverseProcess {
    private final Geometry geometry;
    private final double[] sizeWeights;
    private final Tweedie tweedie;
    private final ScoreCalls calls;
    private final SamplerOptions options;

    /**
     * Creates the process.
     *
     * @param components the arrays of a state, in the order of the network
     * @param sizeWeights for a graph the weight of each number of nodes 1, 2, ..., at most N; empty
     *     if no component is part of a graph
     * @param network says the score
     * @param devices a manager from which sub-managers are opened, on the device of the network
     * @param options how to sample
     */
    public GaussianDiffusion(
            List<Component> components,
            double[] sizeWeights,
            ScoreNetwork network,
            NDManager devices,
            SamplerOptions options) {
        this.geometry = new Geometry(components);
        this.tweedie = new Tweedie(geometry);
        this.sizeWeights = sizeWeights.clone();
        this.options = options;
        this.calls = new ScoreCalls(network, geometry, devices, this::time);
        requireSizes();
        for (int half = 0; half < options.transitions(); half++) {
            for (int c = 0; c < components.size(); c++) {
                halfStep(half, moment(half)).rule().of(c, 1); // refuses too few steps
            }
        }
    }

    private void requireSizes() {
        int nodes = geometry.nodes();
        double sum = 0;
        boolean valid = true;
        for (double weight : sizeWeights) {
            valid &= weight >= 0;
            sum += weight;
        }
        valid &= nodes == 0 ? sizeWeights.length == 0 : sum > 0 && sum < Double.POSITIVE_INFINITY;
        if (!valid || sizeWeights.length > nodes) {
            throw new IllegalArgumentException(
                    "size weights must be at most N = "
                            + nodes
                            + " numbers, not negative and not all 0, got "
                            + sizeWeights.length
                            + " of sum "
                            + sum);
        }
    }

    /**
     * Returns the time of a state.
     *
     * @param index a time index in [0, {@link #steps}]
     * @return its time, in [eps, 1]
     */
    public double time(int index) {
        return moment(index).t();
    }

    private Moment moment(int index) {
        return options.moment(index / options.transitions());
    }

    @Override
    public int steps() {
        return options.transitions() * options.steps() - 1;
    }

    /**
     * Draws the number of nodes and N(0, {@link Sde#priorStd}^2) at each free coordinate.
     *
     * @param sampleIds the sample id of each particle
     * @param chains the number of each particle within its sample
     * @param noise the only source of randomness
     * @param manager owner of the state
     * @return the state at time index 0
     */
    @Override
    public State prior(long[] sampleIds, int[] chains, Randomness noise, NDManager manager) {
        int nodes = geometry.nodes();
        float[][] masks = new float[sampleIds.length][nodes];
        for (int row = 0; row < masks.length && nodes > 0; row++) {
            double u = noise.uniform(sampleIds[row], 0, Purpose.SIZE, chains[row]);
            Arrays.fill(masks[row], 0, size(u), 1);
        }
        float[][] zeros = new float[sampleIds.length][geometry.width()];
        StateRows rows = new StateRows(geometry, zeros, masks, sampleIds.clone(), chains.clone());
        return rows.draw(
                new StateRows.Address(Purpose.PRIOR, 0, rows::chain, noise),
                (row, c, at) -> 0,
                c -> sde(c).priorStd(),
                manager);
    }

    /** Returns the number of nodes at a quantile. */
    private int size(double quantile) {
        double sum = Arrays.stream(sizeWeights).sum();
        double reached = 0;
        int largest = 0;
        for (int i = 0; i < sizeWeights.length; i++) {
            reached += sizeWeights[i] / sum;
            if (sizeWeights[i] > 0) {
                largest = i + 1;
                if (quantile < reached) {
                    break;
                }
            }
        }
        return largest;
    }

    private Sde sde(int component) {
        return geometry.components().get(component).sde();
    }

    @Override
    public Prediction predict(State x, int index, Ledger ledger, Randomness noise) {
        return calls.predict(x, index, ledger);
    }

    @Override
    public Optional<DifferentiablePrediction> differentiable() {
        return calls.differentiable();
    }

    @Override
    public Proposal propose(State x, Prediction prediction, int step) {
        return transition(x, prediction, step);
    }

    private GaussianProposal transition(State x, Prediction prediction, int index) {
        StateRows rows = geometry.read(x);
        Moment moment = moment(index);
        double[][] scores = new double[rows.count()][];
        for (int row = 0; row < scores.length; row++) {
            scores[row] = tweedie.scores(rows, row, prediction.row(row), moment.t());
        }
        return new GaussianProposal(rows, scores, halfStep(index, moment), null);
    }

    private HalfStep halfStep(int index, Moment moment) {
        Langevin corrector = options.corrector();
        Predictor predictor = options.predictor();
        boolean batch = corrector.stepSize() == Langevin.StepSize.BATCH;
        if (index % options.transitions() < corrector.steps()) {
            return new HalfStep(
                    index,
                    1,
                    true,
                    batch,
                    (c, ratio) -> corrector.coefficients(moment, sde(c), ratio));
        }
        return new HalfStep(
                index,
                predictor.parts(),
                predictor.includesCorrector(),
                batch,
                (c, ratio) -> predictor.coefficients(moment, sde(c), ratio, options));
    }

    /**
     * Returns the mean of p(x0 | xt), by Tweedie's formula at the state's own time.
     *
     * @param x any state
     * @param prediction what the network said of {@code x}
     * @param index the time index of {@code x}
     * @param manager owner of the new state
     * @return a clean state with the same rows
     */
    @Override
    public State posteriorMode(State x, Prediction prediction, int index, NDManager manager) {
        StateRows rows = geometry.read(x);
        return rows.map(tweedie.mean(rows, prediction, time(index)), manager);
    }

    /**
     * Draws from the Gaussian of mean E[x0 | xt] and variance s^2 / (alpha^2 + s^2) in each
     * coordinate: exact if the data were independent normals of variance 1, else the approximation
     * of Song et al. (2023, Pseudoinverse-guided diffusion models, equation 6).
     *
     * @param x any state
     * @param prediction what the network said of {@code x}
     * @param index the time index of {@code x}
     * @param draw which of several draws
     * @param noise the only source of randomness
     * @param manager owner of the new state
     * @return a clean state with the same rows
     */
    @Override
    public State posteriorDraw(
            State x,
            Prediction prediction,
            int index,
            int draw,
            Randomness noise,
            NDManager manager) {
        StateRows rows = geometry.read(x);
        double t = time(index);
        return rows.draw(
                new StateRows.Address(Purpose.POSTERIOR, index, row -> draw, noise),
                tweedie.mean(rows, prediction, t),
                c -> sde(c).std(t) / StrictMath.hypot(sde(c).alpha(t), sde(c).std(t)),
                manager);
    }

    /**
     * Takes the derivative of a function of E[x0 | xt] back to xt, as diffusion posterior sampling
     * does (Chung et al. 2023, arXiv 2209.14687).
     *
     * @param x a state at time index {@code index}
     * @param index a time index in [0, T]
     * @param gradients the derivative of the function by the clean state, one float32 row for each
     *     particle: its components in row-major order
     * @param ledger where the evaluation is counted, batched and saved
     * @param noise the randomness of the run
     * @return the derivative by xt, rows of the same kind, 0 where there is no entry
     * @throws UnsupportedOperationException if the network has no derivative
     */
    public List<float[]> pullBack(
            State x, int index, List<float[]> gradients, Ledger ledger, Randomness noise) {
        DifferentiablePrediction derivative =
                differentiable()
                        .orElseThrow(
                                () ->
                                        new UnsupportedOperationException(
                                                "the score network has no gradient; "
                                                        + Gradients.ALTERNATIVES));
        StateRows rows = geometry.read(x);
        List<float[]> cotangents = tweedie.cotangents(rows, gradients, time(index));
        List<float[]> products = derivative.vectorJacobian(x, index, cotangents, ledger, noise);
        return tweedie.total(rows, gradients, products, time(index));
    }

    @Override
    public State corrupt(State x0, int index, Randomness noise, NDManager manager) {
        StateRows rows = geometry.read(x0);
        double t = time(index);
        return rows.draw(
                new StateRows.Address(Purpose.CORRUPTION, index, rows::chain, noise),
                (row, c, at) -> sde(c).alpha(t) * rows.row(row)[at],
                c -> sde(c).std(t),
                manager);
    }

    /**
     * Takes the mean of the last prediction: the predictor's own, or E[x0 | x] at the last time for
     * {@link Predictor#ANCESTRAL} and {@link Predictor#DDIM}.
     *
     * @param x the state at time index T
     * @param ledger where evaluations are counted
     * @param noise used by {@link Predictor#S4} alone
     * @param manager owner of the new state
     * @return clean arrays
     */
    @Override
    public State finish(State x, Ledger ledger, Randomness noise, NDManager manager) {
        Prediction prediction = predict(x, steps(), ledger, noise);
        return options.predictor().endsAtPosteriorMean()
                ? posteriorMode(x, prediction, steps(), manager)
                : transition(x, prediction, steps()).last(noise, manager);
    }
}
