package dev.tiller.rewards.external;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The processes that this program has started; they end when it ends. */
final class LiveProcesses {
    private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> LIVE.forEach(LiveProcesses::killTree)));
    }

    private LiveProcesses() {}

    static void add(Process process) {
        LIVE.add(process);
    }

    static void remove(Process process) {
        LIVE.remove(process);
    }

    /**
     * Ends a process and all that it has started. Goes by its handle: {@link Process#destroy} also
     * closes the streams, and waits for a thread that writes to one.
     */
    static void killTree(Process process) {
        List<ProcessHandle> children = process.descendants().toList(); // unknown once it has ended
        process.toHandle().destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
