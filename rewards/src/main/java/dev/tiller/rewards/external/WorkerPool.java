package dev.tiller.rewards.external;

import dev.tiller.rewards.RewardFailedException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The processes of one reward, each started when it is needed and kept until it fails. Requests are
 * numbered over all of them, so that no answer can be taken for that of another request.
 */
final class WorkerPool implements Transport {
    private static final long GRACE_SECONDS = 2;

    private final ProcessReward.Options options;
    private final Deque<WorkerProcess> idle = new ArrayDeque<>();
    private final AtomicLong requests = new AtomicLong();
    private boolean closed;

    WorkerPool(ProcessReward.Options options) {
        this.options = options;
    }

    @Override
    public Answer ask(List<String> designs, int failures)
            throws BatchFailure, InterruptedException {
        WorkerProcess worker = take();
        boolean answered = false;
        try {
            Answer answer = worker.ask(requests.getAndIncrement(), designs);
            answered = true;
            return answer;
        } finally {
            if (!answered || !giveBack(worker)) {
                worker.kill();
            }
        }
    }

    private WorkerProcess take() {
        for (WorkerProcess worker = next(); worker != null; worker = next()) {
            if (worker.idle()) {
                return worker;
            }
            worker.kill(); // it ended, or printed something unasked, since its last answer
        }
        try {
            return new WorkerProcess(options);
        } catch (IOException e) {
            String hint =
                    options.command().size() == 1 && options.command().get(0).contains(" ")
                            ? "; give program and arguments as a list, separated by commas"
                            : "";
            throw new RewardFailedException(
                    "command of reward 'process' must start, got "
                            + options.command()
                            + ": "
                            + e.getMessage()
                            + hint,
                    List.of(),
                    List.of());
        }
    }

    private synchronized WorkerProcess next() {
        return idle.pollFirst();
    }

    private synchronized boolean giveBack(WorkerProcess worker) {
        if (closed) {
            return false;
        }
        idle.addFirst(worker); // the one used last is used next, so few run where few suffice
        return true;
    }

    @Override
    public void close() {
        List<WorkerProcess> workers;
        synchronized (this) {
            closed = true;
            workers = new ArrayList<>(idle);
            idle.clear();
        }
        workers.forEach(WorkerProcess::endInput);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        workers.forEach(worker -> worker.awaitEnd(deadline));
    }
}
