package dev.tiller.cli;

import dev.tiller.cli.run.GaussianSampling;
import dev.tiller.sampler.gaussian.Predictor;
import picocli.CommandLine.Option;

/** Settings of the sampler of molecules on the command line. */
final class GaussianFlags {
    @Option(
            names = "--predictor",
            description =
                    "How to go from one time to the next: reverse, euler, ancestral, ddim or s4"
                            + " (default: the model's).")
    private Predictor predictor;

    @Option(
            names = "--eta",
            description = "Share of noise of --predictor ddim, in [0, 1] (default: 0).")
    private Double eta;

    @Option(
            names = "--corrector-steps",
            description = "Langevin corrections at each time (default: the model's).")
    private Integer correctorSteps;

    @Option(
            names = "--snr",
            description = "Ratio of signal to noise of the corrections (default: the model's).")
    private Double snr;

    @Option(
            names = "--scale-eps",
            description = "Factor of the noise of the corrections (default: the model's).")
    private Double scaleEps;

    /** Returns what was said. */
    GaussianSampling given() {
        return new GaussianSampling(predictor, eta, correctorSteps, snr, scaleEps);
    }
}
