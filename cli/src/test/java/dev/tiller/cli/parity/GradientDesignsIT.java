package dev.tiller.cli.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.SoftPosteriorValue;
import dev.tiller.guidance.TaylorGuidance;
import dev.tiller.rewards.Reward;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.LearnedReward;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** DPS on the built-in models: denoiser and reward on ONNX Runtime, gradients on their twins. */
class GradientDesignsIT {
    private static final int STEPS = 10;
    private static final int DESIGNS = 64;
    private static final double STRENGTH = 5;

    private static NetworkDenoiser denoiser;
    private static Reward reward;
    private static NDManager manager;
    private static MaskedDiffusion process;

    @BeforeAll
    static void load() {
        denoiser = ModelZoo.denoiser("rna-utr5", Backend.ONNX, Device.cpu());
        reward =
                new LearnedReward(
                        "mrl",
                        Optional.empty(),
                        ModelZoo.find("rna-utr5-mrl"),
                        Backend.ONNX,
                        Device.cpu());
        manager = denoiser.network().newManager();
        process =
                new MaskedDiffusion(
                        denoiser,
                        denoiser.schedule(),
                        50,
                        manager,
                        MaskedDiffusion.Options.published(STEPS));
    }

    @AfterAll
    static void close() {
        denoiser.close();
        reward.close();
        manager.close();
    }

    private static State decode(Guidance guidance, long[] ids, Ledger ledger) {
        return new Ancestral(guidance)
                .decode(process, ids, new Philox(1), ledger, manager, StepListener.NONE);
    }

    private static Guidance dps() {
        return new TaylorGuidance(new SoftPosteriorValue(process, reward, "ACGT"), STRENGTH);
    }

    /** Design 17 is the same alone and among 64, with other threads, and without savings. */
    @Test
    void aDesignDoesNotDependOnItsBatch() {
        long[] all;
        try (Ledger ledger = new Ledger(new Ledger.Options(2, 16, true))) {
            State designs = decode(dps(), LongStream.range(0, DESIGNS).toArray(), ledger);
            all = designs.array(0).toLongArray();
            assertTrue(ledger.rows(Ledger.Account.GRADIENT) > 0);
        }
        for (Ledger.Options options :
                new Ledger.Options[] {
                    new Ledger.Options(1, 16, true), new Ledger.Options(1, 5, false)
                }) {
            for (long id : new long[] {0, 17, 63}) {
                try (Ledger ledger = new Ledger(options)) {
                    State alone = decode(dps(), new long[] {id}, ledger);
                    assertArrayEquals(
                            Arrays.copyOfRange(all, (int) id * 50, (int) (id + 1) * 50),
                            alone.array(0).toLongArray());
                }
            }
        }
    }

    @Test
    void designsScoreHigherThanUnguidedOnes() {
        double guided = median(dps());
        double plain = median(Guidance.NONE);
        assertTrue(guided > plain + 0.5, guided + " and unguided " + plain);
    }

    private static double median(Guidance guidance) {
        try (Ledger ledger = new Ledger(new Ledger.Options(1, 16, true))) {
            State designs = decode(guidance, LongStream.range(0, 32).toArray(), ledger);
            CleanReward clean = new CleanReward(reward, DesignReader.ofTokens("ACGT"));
            double[] scores = clean.estimate(designs, STEPS, ledger, new Philox(1));
            Arrays.sort(scores);
            return scores[16];
        }
    }
}
