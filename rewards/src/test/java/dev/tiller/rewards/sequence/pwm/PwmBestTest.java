package dev.tiller.rewards.sequence.pwm;

final class PwmBestTest extends PwmContract {
    PwmBestTest() {
        super(BindingScore.BEST);
    }
}
