package io.steward.agent.inbox;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The threads on which methods run: platform threads, so that a method that never gives its thread
/// back takes nothing from the processes of the agent, which share a few carriers. Not bounded by
/// itself: each run belongs to a process that waits for it, or is one of those that were left
/// behind, [#MOST_STUCK] of each method. Thread-safe.
final class MethodThreads implements AutoCloseable {
    /// So many runs of one method may be left behind; then it is not started any more.
    static final int MOST_STUCK = 8;

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final Set<Run> stuck = ConcurrentHashMap.newKeySet();
    private final Consumer<Run> onStuck;

    /// @param onStuck gets each run that is left behind, to show it
    MethodThreads(Consumer<Run> onStuck) {
        this.onStuck = onStuck;
        this.threads =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        Thread.ofPlatform().daemon().name("steward/method").factory());
    }

    /// Starts a run.
    Run start(Run run) {
        threads.execute(run);
        return run;
    }

    /// Why a method is not started now; empty if it may be.
    Optional<String> refusal(String method) {
        stuck.removeIf(Run::hasEnded);
        long left = stuck.stream().filter(run -> run.method().equals(method)).count();
        return left < MOST_STUCK
                ? Optional.empty()
                : Optional.of(
                        "%d runs of %s do not come to their end on this node, so it is started again"
                                        .formatted(left, method)
                                + " when one of them has ended or the agent was restarted");
    }

    /// A run does not end though it was told to: nobody waits for it any more.
    void leaveBehind(Run run) {
        stuck.add(run);
        onStuck.accept(run);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
