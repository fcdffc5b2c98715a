package dev.tiller.cli.run;

import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.MoleculeReader;
import dev.tiller.rewards.molecule.BuiltMolecule;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.gaussian.GaussianDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.GraphConfig;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkScore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gaussian diffusion of molecules as graphs of atoms and bonds (GDSS, Jo et al. 2022). */
final class MoleculeModel implements JobModel {
    /** The column that tells whether a design was valid as it was sampled. */
    static final String VALID = "valid";

    private final Shape shape;
    private final NetworkScore network;
    private final NDManager devices;
    private final GaussianDiffusion process;
    private final MoleculeReader reader;

    MoleculeModel(SamplingJob job, Shape shape) throws IOException {
        this.shape = shape;
        network =
                ModelZoo.score(
                        job.model(), job.backend(), Devices.parse(job.device(), job.backend()));
        devices = network.network().newManager();
        GraphConfig graph = network.graph();
        process =
                new GaussianDiffusion(
                        network.components(),
                        graph.sizes().stream().mapToDouble(Double::doubleValue).toArray(),
                        network,
                        devices,
                        job.gaussian().options(job.steps(), graph.sampling().eps()));
        reader = new MoleculeReader(graph.atoms());
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public ReverseProcess process() {
        return process;
    }

    @Override
    public MoleculeReader reader() {
        return reader;
    }

    @Override
    public List<Map<String, Double>> columns(State x0) {
        return reader.molecules(x0).stream().map(MoleculeModel::columns).toList();
    }

    private static Map<String, Double> columns(BuiltMolecule molecule) {
        return Map.of(
                VALID,
                molecule.validBefore() ? 1.0 : 0.0,
                "atoms",
                (double) molecule.graph().size());
    }

    @Override
    public String engine() {
        return network.network().engine();
    }

    @Override
    public Backend backend(Backend asked) {
        return network.network().backend();
    }

    @Override
    public Optional<String> digest() {
        return Optional.of(network.network().digest());
    }

    @Override
    public int rowsPerCall() {
        return network.network().rowsPerCall();
    }

    @Override
    public NDManager devices() {
        return devices;
    }

    /** A bound of a molecule's likelihood would not say how natural it is: graphs are relaxed. */
    @Override
    public double[] logLikelihoods(List<String> designs, Ledger ledger) {
        double[] unknown = new double[designs.size()];
        Arrays.fill(unknown, Double.NaN);
        return unknown;
    }

    @Override
    public void close() {
        devices.close();
        network.close();
    }
}
