package dev.tiller.rewards.sequence.pwm;

import dev.tiller.rewards.DifferentiableRewardContract;
import dev.tiller.rewards.Reward;
import dev.tiller.rewards.sequence.Strands;
import java.util.List;
import java.util.Optional;

/** What the reward keeps in each mode, on two motifs that are not palindromes. */
abstract class PwmContract extends DifferentiableRewardContract {
    private final BindingScore mode;

    PwmContract(BindingScore mode) {
        this.mode = mode;
    }

    @Override
    protected Reward reward() {
        List<Double> a = List.of(8., 0., 2., 0.);
        List<Double> b = List.of(0., 10., 0., 3.);
        List<Double> c = List.of(2., 2., 4., 2.);
        MotifFile file =
                new MotifFile(
                        List.of(
                                new PositionMatrix("X", "X", List.of(a, b, c)),
                                new PositionMatrix("Y", "Y", List.of(b, b, a, c))),
                        Optional.of(List.of(0.3, 0.2, 0.2, 0.3)));
        return new Pwm(
                file,
                new PwmOptions(
                        null, List.of(), mode, Strands.BOTH, 0.8, List.of(), Cutoff.RELATIVE, 0.4));
    }
}
