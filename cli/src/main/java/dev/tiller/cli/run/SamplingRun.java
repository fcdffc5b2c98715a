package dev.tiller.cli.run;

import ai.djl.ndarray.NDManager;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.cache.BudgetExhaustedException;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Randomness;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One sampling run: decodes batch by batch and writes the files.
 *
 * <p>Everything is loaded, and every misfit found, in the constructor, before the run folder
 * exists.
 */
public final class SamplingRun implements AutoCloseable {
    private final SamplingJob job;
    private final JobParts parts;
    private final Decoder decoder;

    /**
     * Loads what a job needs.
     *
     * @param job the job; its device is resolved
     * @throws IOException if a model cannot be read
     * @throws IllegalArgumentException if a name is unknown or the parts do not fit together
     */
    public SamplingRun(SamplingJob job) throws IOException {
        parts = new JobParts(job);
        this.job = job.withBackend(parts.model().backend(job.backend()));
        try {
            decoder = new Decoders(job, parts).create();
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /**
     * Returns the job.
     *
     * @return the job with the engine that it runs on
     */
    public SamplingJob job() {
        return job;
    }

    /**
     * Says what the denoiser runs on, and why.
     *
     * @return one line
     */
    public String engine() {
        return parts.model().engine();
    }

    /**
     * Returns remarks on what the job reads.
     *
     * @return lines for the user; often none
     */
    public List<String> notes() {
        return parts.model().notes();
    }

    /**
     * Returns the name of the file of designs as text.
     *
     * @return a file name of the run's folder
     */
    public String designFile() {
        return DesignFiles.main(parts.model().shape().notation());
    }

    private Ledger openLedger() {
        return new Ledger(new Ledger.Options(job.threads(), parts.model().rowsPerCall(), true));
    }

    /**
     * Runs the job, from where its folder says it was stopped.
     *
     * @param folder the run's folder
     * @param listener told of progress
     * @return what was made; fewer designs than asked for if the reward budget was spent
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if the reward cannot read what the model makes; a folder
     *     that was made for the run is removed
     * @throws BudgetExhaustedException if the reward budget was spent before one batch was finished
     */
    public Summary run(RunFolder folder, RunListener listener) throws IOException {
        Journal journal = folder.journal();
        Progress done = new Progress();
        for (Journal.Batch batch : journal.read()) {
            done.add(batch);
        }
        parts.rewards().spentBefore(done.rewardCalls);
        Set<Long> known =
                done.designs.stream().map(DesignRow::sampleId).collect(Collectors.toSet());
        long[] open = LongStream.range(0, job.num()).filter(id -> !known.contains(id)).toArray();
        boolean whole = true;
        try (Ledger ledger = openLedger()) {
            for (int start = 0; start < open.length; start += job.batchSize()) {
                long[] ids =
                        Arrays.copyOfRange(
                                open, start, Math.min(open.length, start + job.batchSize()));
                Journal.Batch batch = batch(ids, ledger, done.designs.size(), listener);
                journal.append(batch);
                done.add(batch);
            }
        } catch (BudgetExhaustedException e) {
            if (done.designs.isEmpty()) {
                throw new BudgetExhaustedException(
                        e.getMessage()
                                + " before the first batch was finished; raise"
                                + " --max-reward-calls or lower --batch-size, now "
                                + job.batchSize());
            }
            whole = false;
        } catch (IllegalArgumentException e) { // a misfit that only the first design shows
            if (done.designs.isEmpty()) {
                folder.withdraw();
            }
            throw e;
        }
        done.designs.sort(Comparator.comparingLong(DesignRow::sampleId));
        Summary summary = new Summary(job, List.copyOf(done.designs), done.counts, done.seconds);
        write(folder, summary);
        if (whole) {
            journal.delete();
        }
        return summary;
    }

    /** What was made so far. */
    private static final class Progress {
        private final List<DesignRow> designs = new ArrayList<>();
        private Counts counts = Counts.ZERO;
        private double seconds;
        private long rewardCalls;

        void add(Journal.Batch batch) {
            designs.addAll(batch.designs());
            counts = counts.plus(batch.counts());
            seconds += batch.seconds();
            // a session without a budget counted no calls
            rewardCalls += Math.max(batch.rewardCalls(), batch.counts().rewardRows());
        }
    }

    private Journal.Batch batch(
            long[] ids, Ledger ledger, int designsBefore, RunListener listener) {
        Counts before = Counts.of(ledger);
        long callsBefore = parts.rewards().spent();
        long began = System.nanoTime();
        Map<Long, Map<String, Double>> particles = new LinkedHashMap<>();
        StepListener told =
                new StepListener() {
                    @Override
                    public void stepDone(int step, int steps) {
                        listener.progress(
                                (long) designsBefore * steps + (long) step * ids.length,
                                (long) job.num() * steps,
                                designsBefore);
                    }

                    @Override
                    public void particlesWeighted(long sampleId, double size, int ancestors) {
                        particles.put(
                                sampleId, Map.of("ess", size, "ancestors", (double) ancestors));
                    }
                };
        List<DesignRow> designs = decode(ids, ledger, told, particles);
        Counts spent = Counts.of(ledger).minus(before);
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Journal.Batch(designs, spent, seconds, parts.rewards().spent() - callsBefore);
    }

    private List<DesignRow> decode(
            long[] ids,
            Ledger ledger,
            StepListener listener,
            Map<Long, Map<String, Double>> particles) {
        Randomness noise = parts.model().randomness(job.seed());
        try (NDManager scope = parts.devices().newSubManager()) {
            State x0 = decoder.decode(parts.process(), ids, noise, ledger, scope, listener);
            Designs designs = parts.reader().read(x0);
            double[] scores = parts.reward().estimate(x0, parts.process().steps(), ledger, noise);
            double[] referees = parts.rewards().judge(designs);
            List<Map<String, Double>> columns = parts.rewards().breakdown(designs);
            List<Map<String, Double>> own = parts.model().columns(x0);
            List<DesignRow> rows = new ArrayList<>();
            for (int i = 0; i < ids.length; i++) {
                double second = referees == null ? Double.NaN : referees[i];
                Map<String, Double> more = columns.get(i);
                more.putAll(own.get(i));
                more.putAll(particles.getOrDefault(ids[i], Map.of()));
                rows.add(
                        new DesignRow(ids[i], designs.sequences().get(i), scores[i], second, more));
            }
            ledger.forget(); // so that counts do not depend on where a run was resumed
            return rows;
        }
    }

    /**
     * Makes the first designs of the job without writing them, to learn what they cost.
     *
     * @param designs how many
     * @return what was evaluated
     */
    public Counts cost(int designs) {
        long[] ids = LongStream.range(0, designs).toArray();
        try (Ledger ledger = openLedger()) {
            decode(ids, ledger, StepListener.NONE, Map.of());
            return Counts.of(ledger);
        }
    }

    /**
     * Estimates how natural designs are: a lower bound of log p(x0) under the model of the job.
     *
     * @param designs clean designs
     * @return the bound of each in nats, with randomness that does not depend on the job's seed;
     *     NaN if the model has none
     */
    public double[] logLikelihoods(List<String> designs) {
        try (Ledger ledger = openLedger()) {
            return parts.model().logLikelihoods(designs, ledger);
        }
    }

    private void write(RunFolder folder, Summary summary) throws IOException {
        List<DesignRow> designs = summary.designs();
        parts.model().files().write(folder, designs, job);
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("model", job.model());
        metadata.put("reward", job.rewardName());
        metadata.put("method", job.method().toString());
        AtomicFiles.write(
                folder.file(RunFolder.ARROW),
                file -> ArrowDesigns.write(file, designs, job.seed(), metadata));
        Manifest.write(
                folder.file(RunFolder.MANIFEST),
                job,
                parts.digests(),
                summary.counts(),
                summary.seconds(),
                designs);
    }

    /** Frees the networks. */
    @Override
    public void close() {
        parts.close();
    }
}
