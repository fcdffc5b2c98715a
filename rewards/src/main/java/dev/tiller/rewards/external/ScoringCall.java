package dev.tiller.rewards.external;

import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.RewardFailedException.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One call: its designs, and what became of each. Every design is settled by one thread, either
 * with an accepted number or given up with a reason.
 *
 * <p>A batch without a right answer is asked again. After the last attempt it is cut in halves,
 * which are asked once each, down to the single design that is the cause. A design that an answer
 * leaves without a number is asked again alone.
 */
final class ScoringCall {
    private final BatchPolicy policy;
    private final Transport transport;
    private final FailureStreak streak;
    private final List<String> designs;
    private final IncrementalReward.Listener listener;
    private final double[] scores;
    private final ConcurrentSkipListMap<Integer, String> reasons = new ConcurrentSkipListMap<>();
    private volatile Supplier<List<String>> log = List::of;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private RuntimeException fatal;

    ScoringCall(
            BatchPolicy policy,
            Transport transport,
            FailureStreak streak,
            List<String> designs,
            IncrementalReward.Listener listener) {
        this.policy = policy;
        this.transport = transport;
        this.streak = streak;
        this.designs = designs;
        this.listener = listener;
        this.scores = new double[designs.size()];
    }

    /** Settles the designs from {@code from} to before {@code to}, unless the call is stopped. */
    void settle(int from, int to) throws InterruptedException {
        try {
            settle(from, to, 0);
        } catch (RuntimeException e) {
            stop(e);
        }
    }

    /** Asks for nothing more; the first reason is what the call throws. */
    synchronized void stop(RuntimeException reason) {
        stopped.countDown();
        if (fatal == null) {
            fatal = reason;
        }
    }

    private void settle(int from, int to, int failedBefore) throws InterruptedException {
        int failures = failedBefore;
        while (stopped.getCount() > 0) {
            Duration pause = Duration.ZERO;
            String reason;
            try {
                Answer answer = transport.ask(designs.subList(from, to), failures);
                streak.answered();
                accept(from, answer);
                if (answer.complete()) {
                    return;
                }
                log = answer.log();
                if (to - from > 1) {
                    settleMissing(from, answer);
                    return;
                }
                reason = answer.reasons()[0];
            } catch (BatchFailure e) {
                log = e::log;
                reason = e.getMessage();
                countFailure(e);
                pause = e.pause();
            }
            failures++;
            boolean last = failures >= policy.attempts();
            if (last && to - from == 1) {
                reasons.put(from, reason);
                return;
            }
            if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            if (last) {
                int middle = (from + to) >>> 1;
                settle(from, middle, policy.attempts() - 1);
                settle(middle, to, policy.attempts() - 1);
                return;
            }
        }
    }

    private void accept(int from, Answer answer) {
        for (int i = 0; i < answer.numbers().length; i++) {
            if (answer.reasons()[i] == null) {
                scores[from + i] = policy.score(answer.numbers()[i]);
                listener.scored(from + i, scores[from + i]);
            }
        }
    }

    private void settleMissing(int from, Answer answer) throws InterruptedException {
        for (int i = 0; i < answer.reasons().length; i++) {
            if (answer.reasons()[i] == null) {
                continue;
            }
            if (policy.attempts() == 1) {
                reasons.put(from + i, answer.reasons()[i]);
            } else {
                settle(from + i, from + i + 1, 1);
            }
        }
    }

    private void countFailure(BatchFailure failure) {
        int count = streak.failed();
        if (count > 0) {
            throw new RewardFailedException(
                    "reward '"
                            + policy.reward()
                            + "' must answer requests, got "
                            + count
                            + " failures in a row: "
                            + failure.getMessage(),
                    List.of(),
                    failure.log());
        }
    }

    /** Returns the scores after all batches have ended, or throws what is wrong with them. */
    synchronized double[] result() {
        if (fatal != null) {
            throw fatal;
        }
        if (reasons.isEmpty()) {
            return scores;
        }
        if (policy.failure().treatment() == OnFailure.SCORE) {
            reasons.keySet().forEach(row -> scores[row] = policy.failure().score());
            return scores;
        }
        List<Failure> failures = new ArrayList<>();
        reasons.forEach((row, why) -> failures.add(new Failure(row, designs.get(row), why)));
        throw new RewardFailedException(
                "reward '"
                        + policy.reward()
                        + "' gave no score for "
                        + failures.size()
                        + (failures.size() == 1 ? " design" : " designs")
                        + " after "
                        + policy.attempts()
                        + (policy.attempts() == 1 ? " attempt" : " attempts"),
                failures,
                log.get());
    }
}
