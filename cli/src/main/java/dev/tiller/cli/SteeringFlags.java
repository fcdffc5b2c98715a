package dev.tiller.cli;

import dev.tiller.cli.run.Steering;
import dev.tiller.sampler.decoder.Keep;
import dev.tiller.sampler.decoder.Potential;
import dev.tiller.sampler.decoder.Resampling;
import picocli.CommandLine.Option;

/** Settings of the methods on the command line; what a method has no use for is refused. */
final class SteeringFlags {
    @Option(
            names = "--candidates",
            description =
                    "Candidates per step, or chains of best-of-n (default: 10; 5 if beside"
                            + " particles).")
    private Integer candidates;

    @Option(names = "--particles", description = "Particles for each design (default: 10).")
    private Integer particles;

    @Option(
            names = "--temperature",
            description =
                    "Temperature tau in units of the reward: designs follow p(x0) exp(r / tau). 0"
                            + " takes the best; in refine also that of --accept metropolis and of"
                            + " resampling between lineages (default: 0 for svdd-* and refine, 0.1"
                            + " for particle methods).")
    private Double temperature;

    @Option(
            names = "--value",
            description =
                    "Value of noisy states: posterior-mean or learned (default: posterior-mean).")
    private Steering.ValueKind value;

    @Option(
            names = "--posterior",
            description =
                    "What the posterior mean is taken of: draws, mode (the most likely design, as"
                        + " in the published code) or soft (the probabilities, for differentiable"
                        + " rewards) (default: draws).")
    private Steering.PosteriorKind posterior;

    @Option(
            names = "--posterior-draws",
            description = "Clean designs drawn to value a state (default: 8).")
    private Integer posteriorDraws;

    @Option(names = "--every", description = "Value candidates at every k-th step (default: 1).")
    private Integer every;

    @Option(
            names = "--start-step",
            description = "First step at which particles are weighted (default: 0).")
    private Integer startStep;

    @Option(
            names = "--screen",
            description =
                    "Cheap value, learned or mode, that picks the --screen-top candidates for the"
                            + " full one (default: none).")
    private Steering.Screen screen;

    @Option(names = "--screen-top", description = "Candidates that pass the screen.")
    private Integer screenTop;

    @Option(
            names = "--adaptive-first",
            description = "Candidates valued first; see --adaptive-spread (default: all).")
    private Integer adaptiveFirst;

    @Option(
            names = "--adaptive-spread",
            description =
                    "The other candidates are valued only if the values of the first spread by more"
                            + " than this, in units of the reward.")
    private Double adaptiveSpread;

    @Option(
            names = "--resampling",
            description = "multinomial, stratified, systematic or residual (default: systematic).")
    private Resampling resampling;

    @Option(
            names = "--ess-threshold",
            description =
                    "Resample when the effective sample size is below this share of the particles;"
                            + " 1 always, 0 never (default: 0.5).")
    private Double essThreshold;

    @Option(
            names = "--potential",
            description = "Potential of fk: difference, max or sum (default: max).")
    private Potential potential;

    @Option(
            names = "--keep",
            description =
                    "Which particle becomes the design: draw (by weight) or best (by reward)"
                            + " (default: draw).")
    private Keep keep;

    @Option(
            names = "--worst-share",
            description =
                    "Share of the particles that svdd-r replaces at each step (default: 0.1).")
    private Double worstShare;

    @Option(
            names = "--strength",
            description =
                    "Strength of guidance, in 1 / unit of the reward (default: 20; of tds 1 /"
                            + " temperature).")
    private Double strength;

    @Option(
            names = "--guidance",
            description =
                    "exact (each change of one letter) or taylor (gradient) (default: exact).")
    private Steering.GuidanceKind guidance;

    @Option(names = "--rounds", description = "Rounds of refine (default: 20).")
    private Integer rounds;

    @Option(names = "--letters", description = "Letters that a round of refine masks again.")
    private Integer letters;

    @Option(
            names = "--share",
            description = "Share of a design that a round of refine masks again (default: 0.1).")
    private Double share;

    @Option(
            names = "--accept",
            description =
                    "Which designs a round of refine keeps: not-worse, better, metropolis or always"
                            + " (default: not-worse).")
    private Steering.Accept accept;

    @Option(
            names = "--lineages",
            description = "Designs refined side by side for each design made (default: 1).")
    private Integer lineages;

    @Option(names = "--until", description = "Reward at which refine stops (default: none).")
    private Double until;

    /** Returns what was said. */
    Steering given() {
        return new Steering(
                candidates,
                particles,
                temperature,
                value,
                posterior,
                posteriorDraws,
                every,
                startStep,
                screen,
                screenTop,
                adaptiveFirst,
                adaptiveSpread,
                resampling,
                essThreshold,
                potential,
                keep,
                worstShare,
                strength,
                guidance,
                rounds,
                letters,
                share,
                accept,
                lineages,
                until);
    }
}
