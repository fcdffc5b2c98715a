package dev.tiller.cli.run;

import dev.tiller.cli.run.Steering.Accept;
import dev.tiller.cli.run.Steering.GuidanceKind;
import dev.tiller.cli.run.Steering.PosteriorKind;
import dev.tiller.cli.run.Steering.Screen;
import dev.tiller.cli.run.Steering.ValueKind;
import dev.tiller.guidance.DifferentiableValue;
import dev.tiller.guidance.ExactGuidance;
import dev.tiller.guidance.TaylorGuidance;
import dev.tiller.rewards.Notation;
import dev.tiller.sampler.Decoder;
import dev.tiller.sampler.Guidance;
import dev.tiller.sampler.SoftValue;
import dev.tiller.sampler.decoder.Acceptance;
import dev.tiller.sampler.decoder.Ancestral;
import dev.tiller.sampler.decoder.BestOfN;
import dev.tiller.sampler.decoder.Keep;
import dev.tiller.sampler.decoder.ParticleFilter;
import dev.tiller.sampler.decoder.Potential;
import dev.tiller.sampler.decoder.Refinement;
import dev.tiller.sampler.decoder.Renoising;
import dev.tiller.sampler.decoder.Resampling;
import dev.tiller.sampler.decoder.Svdd;
import dev.tiller.sampler.decoder.SvddR;

/** Makes the decoder that a job asks for out of its parts. */
final class Decoders {
    private static final double NEVER = Double.POSITIVE_INFINITY;

    private final Method method;
    private final Steering steering;
    private final JobParts parts;

    Decoders(SamplingJob job, JobParts parts) {
        this.method = job.method();
        this.steering = job.steering();
        this.parts = parts;
    }

    /**
     * Makes the decoder.
     *
     * @throws IllegalArgumentException if a setting leaves no step that is steered
     */
    Decoder create() {
        int steps = parts.process().steps();
        Integer every = steering.every();
        if (every != null && every > steps) {
            throw new IllegalArgumentException(
                    "--every must be at most the " + steps + " steps of the run, got " + every);
        }
        Integer start = steering.startStep();
        if (start != null && start >= steps) {
            throw new IllegalArgumentException(
                    "--start-step must be below the " + steps + " steps of the run, got " + start);
        }
        return switch (method) {
            case UNGUIDED -> new Ancestral();
            case BEST_OF_N -> new BestOfN(steering.candidates(), parts.reward());
            case SVDD_PM, SVDD_MC -> lookingAhead();
            case SVDD_R -> svddR();
            case IMPORTANCE_SAMPLING -> importanceSampling();
            case SMC, NESTED_IS -> particles(Potential.DIFFERENCE, Guidance.NONE);
            case FK -> particles(steering.potential(), Guidance.NONE);
            case TDS -> particles(Potential.DIFFERENCE, new TaylorGuidance(gradient(), strength()));
            case DPS -> new Ancestral(new TaylorGuidance(gradient(), strength()));
            case CLASSIFIER_GUIDANCE -> new Ancestral(classifier());
            case REFINE -> refinement();
        };
    }

    /** The value of noisy states. */
    private SoftValue value() {
        boolean learned = method == Method.SVDD_MC || steering.value() == ValueKind.LEARNED;
        return learned ? parts.learnedValue() : posteriorMean(steering.posterior());
    }

    private SoftValue posteriorMean(PosteriorKind kind) {
        return switch (kind) {
            case DRAWS -> parts.posteriorMean(steering.posteriorDraws());
            case MODE -> parts.posteriorMean(0);
            case SOFT -> parts.softPosterior();
        };
    }

    /** The value that gradients are taken of. */
    private DifferentiableValue gradient() {
        return steering.value() == ValueKind.LEARNED
                ? parts.learnedGradient()
                : parts.softPosterior();
    }

    private double strength() {
        if (steering.strength() != null) {
            return steering.strength();
        }
        return 1 / steering.temperature();
    }

    private Guidance classifier() {
        return steering.guidance() == GuidanceKind.EXACT
                ? new ExactGuidance(value(), strength(), parts.model().shape().constraints())
                : new TaylorGuidance(gradient(), strength());
    }

    private Decoder lookingAhead() {
        int candidates = steering.candidates();
        Svdd.Options options =
                Svdd.Options.plain(candidates, steering.temperature())
                        .withInterval(steering.every());
        SoftValue value = value();
        SoftValue screen = value;
        if (steering.screen() != null) {
            options = options.withScreened(steering.screenTop());
            screen =
                    steering.screen() == Screen.LEARNED
                            ? parts.learnedValue()
                            : parts.posteriorMean(0);
        }
        if (steering.adaptiveFirst() != null) {
            options = options.withAdaptive(steering.adaptiveFirst(), steering.adaptiveSpread());
        }
        return new Svdd(options, value, screen, Guidance.NONE);
    }

    private Decoder svddR() {
        return new SvddR(
                new SvddR.Options(
                        steering.particles(),
                        steering.candidates(),
                        steering.temperature(),
                        steering.worstShare(),
                        steering.keep()),
                value(),
                parts.reward());
    }

    private Decoder importanceSampling() {
        ParticleFilter.Options options =
                new ParticleFilter.Options(
                        steering.particles(),
                        1,
                        Potential.NONE,
                        Resampling.SYSTEMATIC,
                        0,
                        1,
                        0,
                        Keep.DRAW,
                        true);
        return new ParticleFilter(
                options, steering.temperature(), parts.reward(), parts.reward(), Guidance.NONE);
    }

    private Decoder particles(Potential potential, Guidance guidance) {
        ParticleFilter.Options options =
                new ParticleFilter.Options(
                        steering.particles(),
                        method == Method.NESTED_IS ? steering.candidates() : 1,
                        potential,
                        steering.resampling(),
                        steering.essThreshold(),
                        steering.every(),
                        steering.startStep(),
                        steering.keep(),
                        true);
        return new ParticleFilter(
                options, steering.temperature(), value(), parts.reward(), guidance);
    }

    /** A share is one of the letters; molecules have none, and it is one of the reverse steps. */
    private Renoising renoising() {
        if (steering.letters() != null) {
            return Renoising.ofLetters(steering.letters());
        }
        return parts.model().shape().notation() == Notation.SMILES
                ? Renoising.ofSteps(steering.share())
                : Renoising.ofShare(steering.share());
    }

    private Decoder refinement() {
        double temperature = steering.temperature();
        Svdd svdd =
                new Svdd(
                        Svdd.Options.plain(
                                steering.candidates(),
                                steering.accept() == Accept.METROPOLIS ? 0 : temperature),
                        value(),
                        value(),
                        Guidance.NONE);
        Renoising renoising = renoising();
        Acceptance acceptance =
                switch (steering.accept()) {
                    case NOT_WORSE -> Acceptance.notWorse();
                    case BETTER -> Acceptance.better();
                    case METROPOLIS -> Acceptance.metropolis(temperature);
                    case ALWAYS -> Acceptance.always();
                };
        Refinement.Options options =
                new Refinement.Options(
                        steering.rounds(),
                        renoising,
                        acceptance,
                        steering.lineages(),
                        steering.lineages() > 1 && temperature > 0 ? temperature : NEVER,
                        steering.until() == null ? NEVER : steering.until());
        Decoder start = parts.seeds().map(seeds -> seeds.decoder()).orElse(svdd);
        return new Refinement(start, svdd, parts.reward(), options);
    }
}
