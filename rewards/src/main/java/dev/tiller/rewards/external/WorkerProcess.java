package dev.tiller.rewards.external;

import dev.tiller.rewards.RewardFailedException;
import dev.tiller.rewards.external.OutputReader.Output;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One running process. It is asked one request at a time, by one thread at a time. Its three
 * streams have threads of their own, so that neither a process that does not read nor one that
 * prints without end can hold up the asking thread beyond the time-out.
 */
final class WorkerProcess {
    private static final byte[] END_OF_INPUT = new byte[0];
    private static final int WAITING_LINES = 16;

    private final ProcessReward.Options options;
    private final Process process;
    private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<Output> outputs = new ArrayBlockingQueue<>(WAITING_LINES);
    private final StderrTail stderr;
    private final Thread stderrThread;
    private final List<Thread> threads;
    private boolean fresh = true;

    /** Starts the process. */
    WorkerProcess(ProcessReward.Options options) throws IOException {
        this.options = options;
        ProcessBuilder builder = new ProcessBuilder(options.command());
        if (options.workingDirectory() != null) {
            builder.directory(options.workingDirectory().toFile());
        }
        builder.environment().putIfAbsent("PYTHONUNBUFFERED", "1"); // print() without flush
        process = builder.start();
        LiveProcesses.add(process);
        stderr = new StderrTail(process.getErrorStream());
        int mostBytes = ScoreProtocol.mostBytes(options.batchSize());
        stderrThread = start(stderr, "stderr");
        threads =
                List.of(
                        start(
                                new OutputReader(process.getInputStream(), mostBytes, outputs),
                                "stdout"),
                        start(this::writeRequests, "stdin"));
    }

    private static Thread start(Runnable work, String stream) {
        Thread thread = new Thread(work, "reward-process-" + stream);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void writeRequests() {
        try (OutputStream stdin = process.getOutputStream()) {
            for (byte[] line = requests.take(); line != END_OF_INPUT; line = requests.take()) {
                stdin.write(line);
                stdin.flush();
            }
        } catch (IOException e) {
            return; // it does not read; its missing answer tells
        } catch (InterruptedException e) {
            return; // it was killed
        }
    }

    /** Whether it may be asked: it runs, and has printed nothing unasked. */
    boolean idle() {
        return process.isAlive() && outputs.isEmpty();
    }

    /** Asks once; after a failure the process must be killed. */
    Answer ask(long id, List<String> designs) throws BatchFailure, InterruptedException {
        requests.add((ScoreProtocol.request(id, designs) + "\n").getBytes(StandardCharsets.UTF_8));
        double seconds = options.timeoutSeconds() + (fresh ? options.startTimeoutSeconds() : 0);
        long deadline = System.nanoTime() + nanos(seconds);
        while (true) {
            Output output = outputs.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (output == null || deadline - System.nanoTime() < 0) {
                throw failure("it gave no answer within " + seconds + " s");
            }
            if (output.end() != null) {
                throw failure(output.end() + (output.ended() ? exitCode() : ""));
            }
            if (output.line().isBlank()) {
                continue;
            }
            boolean first = fresh;
            fresh = false;
            Optional<ScoreProtocol.Handshake> handshake =
                    first ? ScoreProtocol.handshake(output.line()) : Optional.empty();
            if (handshake.isPresent()) {
                requireVersion(handshake.get().version());
                seconds = options.timeoutSeconds();
                deadline = System.nanoTime() + nanos(seconds);
            } else {
                return answer(output.line(), id, designs.size());
            }
        }
    }

    private Answer answer(String line, long id, int designs)
            throws BatchFailure, InterruptedException {
        try {
            return ScoreProtocol.answer(line, id, designs).withLog(stderr::linesSoon);
        } catch (BatchFailure e) {
            throw failure(e.getMessage());
        }
    }

    private void requireVersion(String version) {
        boolean bothSay = !version.isEmpty() && !options.version().isEmpty();
        if (bothSay && !options.version().equals(version)) {
            throw new RewardFailedException(
                    "version of the process must be that of option 'version', got '"
                            + version
                            + "' and '"
                            + options.version()
                            + "'; set the option anew, scores of another version are not its own",
                    List.of(),
                    List.of());
        }
    }

    private String exitCode() throws InterruptedException {
        return process.waitFor(200, TimeUnit.MILLISECONDS)
                ? " with exit code " + process.exitValue()
                : " its output and runs on";
    }

    /** Kills the process, so that what it has written to its standard error is all there. */
    private BatchFailure failure(String reason) throws InterruptedException {
        kill();
        process.waitFor(1, TimeUnit.SECONDS); // its successor may need what it holds
        stderrThread.join(200); // a process that escaped the kill may hold the stream open
        return new BatchFailure(reason, stderr.lines());
    }

    void kill() {
        LiveProcesses.killTree(process);
        threads.forEach(Thread::interrupt);
        LiveProcesses.remove(process);
    }

    /** Lets the process end by itself: there are no more requests. */
    void endInput() {
        requests.add(END_OF_INPUT);
    }

    /** Waits until the process has ended, and kills it and what it left if it takes too long. */
    void awaitEnd(long deadline) {
        List<ProcessHandle> children = process.descendants().toList();
        try {
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                kill();
                process.waitFor(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill(); // its threads
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static long nanos(double seconds) {
        return (long) (1e9 * seconds);
    }
}
