package dev.tiller.rewards.sequence.pwm;

final class PwmSumTest extends PwmContract {
    PwmSumTest() {
        super(BindingScore.SUM);
    }
}
