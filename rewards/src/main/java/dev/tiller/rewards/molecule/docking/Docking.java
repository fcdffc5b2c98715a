package dev.tiller.rewards.molecule.docking;

import dev.tiller.rewards.Breakdown;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Notation;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.RewardProvider;
import dev.tiller.rewards.external.DesignWorkers;
import dev.tiller.rewards.external.ExternalProgram;
import dev.tiller.rewards.external.OnFailure;
import dev.tiller.rewards.molecule.Smiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Scores molecules by docking to a receptor: minus the affinity of the best pose in kcal/mol, so
 * that higher is better (AutoDock Vina, Trott and Olson, Journal of Computational Chemistry 31,
 * 2010).
 *
 * <p>A molecule that cannot be docked has no affinity. It gets the option {@code invalid}, the
 * breakdown says at which step it failed (1 molecule, 2 ligand, 3 docking; 0 is none), and a
 * warning is logged with what the program said last; such a score is not kept by a cache. With
 * {@code onFailure} fail the call ends with an exception instead, except for what is no molecule.
 *
 * <p>Safe for concurrent calls, which share the workers.
 */
public final class Docking implements IncrementalReward {
    private static final String NAME = "docking";
    private static final System.Logger LOG = System.getLogger(Docking.class.getName());

    private final DockingOptions options;
    private final Receptor receptor;
    private final VinaDocking docking;
    private final DesignWorkers workers;

    /**
     * Makes the reward; docks nothing yet.
     *
     * @param options where and how to dock
     * @throws IllegalArgumentException if a program is missing, the box is none or the receptor
     *     does not parse
     */
    public Docking(DockingOptions options) {
        requireBox(options);
        ExternalProgram.require("vina", options.vina(), "autodock-vina");
        ExternalProgram.require("obabel", options.obabel(), "openbabel");
        this.options = options;
        this.receptor = Receptor.read(options.receptor());
        this.docking = new VinaDocking(options, receptor);
        this.workers = new DesignWorkers(NAME, options.workers());
    }

    private static void requireBox(DockingOptions options) {
        boolean box = options.center().size() == 3 && options.size().size() == 3;
        box &= options.center().stream().allMatch(x -> Double.isFinite(x));
        box &= options.size().stream().allMatch(x -> x > 0 && Double.isFinite(x));
        if (options.receptor() == null || !box) {
            throw new IllegalArgumentException(
                    "receptor, center and size of reward 'docking' must be a PDBQT file, three"
                            + " numbers and three positive numbers in angstrom, got "
                            + options.receptor()
                            + ", "
                            + options.center()
                            + ", "
                            + options.size()
                            + "; write for example receptor=parp1.pdbqt center=26.4,11.3,27.2"
                            + " size=18.5,17.5,20");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String letters() {
        return Smiles.LETTERS;
    }

    @Override
    public Notation notation() {
        return Notation.SMILES;
    }

    @Override
    public List<String> columns() {
        return List.of("affinity", "failure");
    }

    /** Returns the fingerprint of the receptor. */
    @Override
    public Optional<String> digest() {
        return Optional.of(receptor.digest());
    }

    @Override
    public double[] score(Designs designs) {
        return score(designs, (row, score) -> {});
    }

    @Override
    public double[] score(Designs designs, Listener listener) {
        return dock(designs, listener).scores();
    }

    @Override
    public Breakdown breakdown(Designs designs) {
        return dock(designs, (row, score) -> {});
    }

    private Breakdown dock(Designs designs, Listener listener) {
        designs.requireReadableBy(this);
        int size = designs.size();
        List<Callable<Dock>> work = new ArrayList<>();
        for (int n = 0; n < size; n++) {
            int row = n;
            work.add(() -> dock(row, designs.sequences().get(row), listener));
        }
        double[] scores = new double[size];
        double[][] values = new double[size][];
        List<RewardFailedException.Failure> failures = new ArrayList<>();
        List<Dock> docks = workers.all(work);
        for (int n = 0; n < size; n++) {
            Dock dock = docks.get(n);
            scores[n] = dock.failure() == 0 ? 0 - dock.affinity() : options.invalid();
            values[n] = new double[] {dock.affinity(), dock.failure()};
            if (dock.failure() > DockStep.MOLECULE.code()) {
                String design = designs.sequences().get(n);
                failures.add(new RewardFailedException.Failure(n, design, dock.reason()));
            }
        }
        report(failures);
        return new Breakdown(scores, values);
    }

    private void report(List<RewardFailedException.Failure> failures) {
        if (failures.isEmpty()) {
            return;
        }
        if (options.onFailure() == OnFailure.FAIL) {
            throw new RewardFailedException(
                    "reward 'docking' must dock all molecules, got none for " + failures.size(),
                    failures,
                    List.of());
        }
        for (RewardFailedException.Failure failure : failures) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "not docked, scored {0}: {1}: {2}",
                    Double.toString(options.invalid()),
                    failure.design(),
                    failure.reason());
        }
    }

    private Dock dock(int row, String design, Listener listener) throws InterruptedException {
        if (Smiles.valid(design).isEmpty()) {
            listener.scored(row, options.invalid());
            return new Dock(Double.NaN, DockStep.MOLECULE.code(), "");
        }
        try {
            double affinity = docking.affinity(design);
            listener.scored(row, 0 - affinity);
            return new Dock(affinity, 0, "");
        } catch (DockFailure e) {
            return new Dock(Double.NaN, e.step().code(), e.getMessage());
        }
    }

    /** Ends running programs. */
    @Override
    public void close() {
        workers.close();
    }

    private record Dock(double affinity, int failure, String reason) {}

    /** Listed in META-INF/services under the name {@code docking}. */
    public static final class Provider implements RewardProvider<DockingOptions> {

        /** Made by the service loader. */
        public Provider() {}

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public String description() {
            return "Minus the docking affinity of a molecule in kcal/mol, by AutoDock Vina.";
        }

        @Override
        public Class<DockingOptions> optionsType() {
            return DockingOptions.class;
        }

        @Override
        public DockingOptions defaults() {
            return DockingOptions.defaults();
        }

        @Override
        public Docking create(DockingOptions options, RewardContext context) {
            return new Docking(options);
        }
    }
}
