package dev.tiller.rewards.external;

import dev.tiller.rewards.Designs;
import dev.tiller.rewards.IncrementalReward;
import dev.tiller.rewards.Reward;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts calls into batches and has them scored, several at a time. All calls share the same threads,
 * so there are never more requests at a time than the policy allows.
 */
final class BatchedScoring implements AutoCloseable {
    private final BatchPolicy policy;
    private final Transport transport;
    private final ThreadPoolExecutor threads;
    private final FailureStreak streak;

    BatchedScoring(BatchPolicy policy, Transport transport) {
        this.policy = policy;
        this.transport = transport;
        this.streak = new FailureStreak(policy.mostFailuresInARow());
        this.threads =
                new ThreadPoolExecutor(
                        policy.parallel(),
                        policy.parallel(),
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        work -> {
                            Thread thread = new Thread(work, "reward-" + policy.reward());
                            thread.setDaemon(true);
                            return thread;
                        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Scores designs; rows that are given up are reported after all others were scored. */
    double[] score(Reward reward, Designs designs, IncrementalReward.Listener listener) {
        designs.requireReadableBy(reward);
        ScoringCall call =
                new ScoringCall(policy, transport, streak, designs.sequences(), listener);
        List<Callable<Void>> batches = new ArrayList<>();
        for (int start = 0; start < designs.size(); start += policy.batchSize()) {
            int from = start;
            int to = Math.min(designs.size(), start + policy.batchSize());
            batches.add(
                    () -> {
                        call.settle(from, to);
                        return null;
                    });
        }
        run(batches, call);
        return call.result();
    }

    private void run(List<Callable<Void>> batches, ScoringCall call) {
        if (threads.isShutdown()) {
            throw closed(null);
        }
        try {
            for (Future<Void> batch : threads.invokeAll(batches)) {
                batch.get();
            }
        } catch (RejectedExecutionException | CancellationException e) {
            throw closed(e);
        } catch (ExecutionException e) {
            if (threads.isShutdown()) {
                throw closed(e);
            }
            throw new IllegalStateException("a batch of designs was not scored", e.getCause());
        } catch (InterruptedException e) {
            call.stop(null);
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while reward '" + policy.reward() + "' was scoring", e);
        }
    }

    private IllegalStateException closed(Exception cause) {
        return new IllegalStateException("reward '" + policy.reward() + "' is closed", cause);
    }

    @Override
    public void close() {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Future<?> batch) {
                batch.cancel(true); // else its call would wait for ever
            }
        }
        transport.close();
    }
}
