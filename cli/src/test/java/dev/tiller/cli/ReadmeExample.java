package dev.tiller.cli;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.tiller.guidance.CleanReward;
import dev.tiller.guidance.DesignReader;
import dev.tiller.guidance.PosteriorMeanValue;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.RewardContext;
import dev.tiller.rewards.Rewards;
import dev.tiller.sampler.Ledger;
import dev.tiller.sampler.Philox;
import dev.tiller.sampler.State;
import dev.tiller.sampler.StepListener;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.zoo.Backend;
import dev.tiller.zoo.ModelZoo;
import dev.tiller.zoo.NetworkDenoiser;
import java.util.List;
import java.util.Map;

/** The Java example of the README, between the two marks. */
final class ReadmeExample {
    private ReadmeExample() {}

    static List<String> designs() {
        // spotless:off
        // README begin
        try (NDManager manager = NDManager.newBaseManager();
                NetworkDenoiser model = ModelZoo.denoiser("rna-utr5", Backend.AUTO, Device.cpu());
                Reward mrl = Rewards.load().create("mrl", Map.of(), RewardContext.cpu());
                Ledger ledger = new Ledger(new Ledger.Options(2, 16, true))) {
            var reader = DesignReader.ofTokens("ACGT");
            var process = new MaskedDiffusion(model, model.schedule(), 50, manager, MaskedDiffusion.Options.published(128));
            var value = new PosteriorMeanValue(process, new CleanReward(mrl, reader), 8, manager);
            var decoder = new Svdd(10, 0.0, value);
            State x0 = decoder.decode(process, new long[] {0, 1, 2}, new Philox(0), ledger, manager, StepListener.NONE);
            return reader.read(x0).sequences();
        }
        // README end
        // spotless:on
    }
}
