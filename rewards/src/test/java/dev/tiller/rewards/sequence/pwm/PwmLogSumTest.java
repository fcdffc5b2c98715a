package dev.tiller.rewards.sequence.pwm;

final class PwmLogSumTest extends PwmContract {
    PwmLogSumTest() {
        super(BindingScore.LOG_SUM);
    }
}
