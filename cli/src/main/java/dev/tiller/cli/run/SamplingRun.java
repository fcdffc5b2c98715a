package dev.tiller.cli.run;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.LearnedValue;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.rewards.Designs;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.ReverseProcess;
import dev.tiller.sampler.State;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.decoder.BestOfN;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.masked.FirstHitting;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.Devices;
import dev.tiller.zoo.ModelConfig;
import dev.tiller.zoo.ModelDirectory;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import dev.tiller.zoo.NetworkValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One sampling run: loads model, reward and referee, decodes batch by batch, and writes the files.
 *
 * <p>Everything is loaded, and every misfit found, in the constructor, before the run folder
 * exists.
 */
public final class SamplingRun implements AutoCloseable {
    private final SamplingJob job;
    private final String engine;
    private final NDManager devices;
    private final NetworkDenoiser denoiser;
    private final NetworkValue valueNetwork;
    private final Reward reward;
    private final Optional<Reward> referee;
    private final ReverseProcess process;
    private final Decoder decoder;
    private final DesignReader reader;
    private final CleanReward cleanReward;

    /**
     * Loads what a job needs.
     *
     * @param job the job; its device is resolved
     * @throws IOException if a model cannot be read
     * @throws IllegalArgumentException if a name is unknown or the parts do not fit together
     */
    public SamplingRun(SamplingJob job) throws IOException {
        ModelDirectory model = ModelZoo.find(job.model());
        ModelConfig config = model.config();
        Rewards rewards = Rewards.load();
        RewardContext context = new RewardContext(job.device(), rewardBackend(job).toString());
        reward = rewards.create(job.reward(), job.rewardOptions(), context);
        Rewards.requireReadable(reward, config.alphabet(), job.model());
        referee = reward.referee().map(name -> rewards.create(name, Map.of(), context));
        String valueName =
                job.method() == SamplingJob.Method.SVDD_MC ? valueName(job, config) : null;
        Device device = Devices.parse(job.device(), job.backend());
        denoiser = ModelZoo.denoiser(job.model(), job.backend(), device);
        valueNetwork = valueName == null ? null : ModelZoo.value(valueName, job.backend(), device);
        devices = denoiser.network().newManager();
        engine = denoiser.network().engine();
        this.job = job.withBackend(denoiser.network().backend());
        reader = DesignReader.ofTokens(config.alphabet());
        cleanReward = new CleanReward(reward, reader);
        process = process(config);
        decoder = decoder();
    }

    /** A reward runs on the engine that was asked for if it can. */
    private static Backend rewardBackend(SamplingJob job) {
        return job.backend() == Backend.ONNX ? Backend.AUTO : job.backend();
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
        return engine;
    }

    private static String valueName(SamplingJob job, ModelConfig config) {
        String name = config.valueNetworks().get(job.reward());
        if (name == null) {
            throw new IllegalArgumentException(
                    "--method svdd-mc needs a value network of reward '"
                            + job.reward()
                            + "' for model '"
                            + job.model()
                            + "', which has them for "
                            + config.valueNetworks().keySet()
                            + "; train one (objective soft-value) or use --method svdd-pm");
        }
        return name;
    }

    private ReverseProcess process(ModelConfig config) {
        return job.sampler() == SamplingJob.Sampler.FIRST_HITTING
                ? new FirstHitting(denoiser, denoiser.schedule(), config.length(), devices)
                : new MaskedDiffusion(
                        denoiser,
                        denoiser.schedule(),
                        config.length(),
                        devices,
                        MaskedDiffusion.Options.published(job.steps()));
    }

    private Decoder decoder() {
        return switch (job.method()) {
            case UNGUIDED -> new Ancestral();
            case BEST_OF_N -> new BestOfN(job.candidates(), cleanReward);
            case SVDD_PM ->
                    new Svdd(
                            job.candidates(),
                            job.temperature(),
                            new PosteriorMeanValue(
                                    process, cleanReward, job.posteriorDraws(), devices));
            case SVDD_MC ->
                    new Svdd(
                            job.candidates(),
                            job.temperature(),
                            new LearnedValue(valueNetwork, devices));
        };
    }

    /**
     * Runs the job, from where its folder says it was stopped.
     *
     * @param folder the run's folder
     * @param listener told of progress
     * @return what was made
     * @throws IOException if a file cannot be written
     */
    public Summary run(RunFolder folder, RunListener listener) throws IOException {
        Journal journal = folder.journal();
        List<DesignRow> designs = new ArrayList<>();
        Counts counts = Counts.ZERO;
        double seconds = 0;
        for (Journal.Batch batch : journal.read()) {
            designs.addAll(batch.designs());
            counts = counts.plus(batch.counts());
            seconds += batch.seconds();
        }
        Set<Long> done = designs.stream().map(DesignRow::sampleId).collect(Collectors.toSet());
        long[] open = LongStream.range(0, job.num()).filter(id -> !done.contains(id)).toArray();
        Ledger.Options options =
                new Ledger.Options(job.threads(), denoiser.network().rowsPerCall(), true);
        try (Ledger ledger = new Ledger(options)) {
            for (int start = 0; start < open.length; start += job.batchSize()) {
                long[] ids =
                        java.util.Arrays.copyOfRange(
                                open, start, Math.min(open.length, start + job.batchSize()));
                Counts before = Counts.of(ledger);
                long began = System.nanoTime();
                List<DesignRow> batch = decode(ids, ledger, designs.size(), listener);
                Counts spent = Counts.of(ledger).minus(before);
                double took = (System.nanoTime() - began) / 1e9;
                journal.append(new Journal.Batch(batch, spent, took));
                designs.addAll(batch);
                counts = counts.plus(spent);
                seconds += took;
            }
        }
        designs.sort(Comparator.comparingLong(DesignRow::sampleId));
        Summary summary = new Summary(job, List.copyOf(designs), counts, seconds);
        write(folder, summary);
        journal.delete();
        return summary;
    }

    private List<DesignRow> decode(
            long[] ids, Ledger ledger, int designsBefore, RunListener listener) {
        long total = (long) job.num() * process.steps();
        try (NDManager scope = devices.newSubManager()) {
            State x0 =
                    decoder.decode(
                            process,
                            ids,
                            new Philox(job.seed()),
                            ledger,
                            scope,
                            (step, steps) ->
                                    listener.progress(
                                            (long) designsBefore * steps + (long) step * ids.length,
                                            total,
                                            designsBefore));
            Designs designs = reader.read(x0);
            double[] scores =
                    cleanReward.estimate(x0, process.steps(), ledger, new Philox(job.seed()));
            double[] referees = referee.map(judge -> judge.score(designs)).orElse(null);
            List<DesignRow> rows = new ArrayList<>();
            for (int i = 0; i < ids.length; i++) {
                double second = referees == null ? Double.NaN : referees[i];
                rows.add(new DesignRow(ids[i], designs.sequences().get(i), scores[i], second));
            }
            ledger.forget(); // so that counts do not depend on where a run was resumed
            return rows;
        }
    }

    private void write(RunFolder folder, Summary summary) throws IOException {
        List<DesignRow> designs = summary.designs();
        AtomicFiles.write(
                folder.file(RunFolder.FASTA), file -> FastaDesigns.write(file, designs, job));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("model", job.model());
        metadata.put("reward", job.reward());
        metadata.put("method", job.method().toString());
        AtomicFiles.write(
                folder.file(RunFolder.ARROW),
                file -> ArrowDesigns.write(file, designs, job.seed(), metadata));
        Manifest.write(
                folder.file(RunFolder.MANIFEST),
                job,
                digests(),
                summary.counts(),
                summary.seconds(),
                designs.size());
    }

    private Map<String, String> digests() {
        Map<String, String> digests = new LinkedHashMap<>();
        digests.put("model", denoiser.network().digest());
        if (valueNetwork != null) {
            digests.put("value", valueNetwork.network().digest());
        }
        reward.digest().ifPresent(digest -> digests.put("reward", digest));
        referee.flatMap(Reward::digest).ifPresent(digest -> digests.put("referee", digest));
        return digests;
    }

    /** Frees the networks. */
    @Override
    public void close() {
        denoiser.close();
        if (valueNetwork != null) {
            valueNetwork.close();
        }
        reward.close();
        referee.ifPresent(Reward::close);
        devices.close();
    }
}
