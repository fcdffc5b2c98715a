package dev.tiller.guidance;

import ai.djl.ndarray.NDManager;
import dev.tiller.sampler.Denoiser;
import dev.tiller.sampler.exact.TableChain;
import dev.tiller.sampler.masked.MaskedDiffusion;
import dev.tiller.sampler.masked.MaskedDiffusion.Options;
import dev.tiller.sampler.schedule.LogLinear;
import java.util.ArrayList;
import java.util.List;

/** Ancestral sampling of a table chain in six steps: the process and its exact kernels. */
final class GuidedChain {
    static final int STEPS = 6;

    private static final double END = 1e-5;

    private GuidedChain() {}

    static MaskedDiffusion process(Denoiser denoiser, NDManager devices) {
        return new MaskedDiffusion(
                denoiser,
                new LogLinear(1e-3),
                TableChain.LENGTH,
                devices,
                Options.published(STEPS));
    }

    static double time(int index) {
        return 1 - (1 - END) * index / STEPS;
    }

    /** Returns the kernels of the steps and of the removal of noise. */
    static List<double[][]> kernels(TableChain chain) {
        List<double[][]> kernels = new ArrayList<>(chain.ancestral(STEPS, END));
        kernels.add(chain.mode(END));
        return kernels;
    }
}
