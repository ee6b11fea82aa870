package io.steward.agent.broker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of one [Session]. Platform threads, so that reading and answering pings does not
/// wait for a carrier while virtual threads are pinned in the journal.
final class SessionThreads {
    private static final Logger LOG = LoggerFactory.getLogger(SessionThreads.class);
    private static final long END_SECONDS = 10;

    private final Set<Thread> made = ConcurrentHashMap.newKeySet();
    private final ExecutorService pool;
    private final ScheduledThreadPoolExecutor scheduler;

    SessionThreads(String name) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory threads =
                task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    made.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
                    made.add(thread);
                    return thread;
                };
        pool = Executors.newCachedThreadPool(threads);
        scheduler = new ScheduledThreadPoolExecutor(1, threads);
        scheduler.setRemoveOnCancelPolicy(true);
    }

    ExecutorService pool() {
        return pool;
    }

    ScheduledThreadPoolExecutor scheduler() {
        return scheduler;
    }

    /// Ends all, bounded.
    void end() throws InterruptedException {
        scheduler.shutdownNow();
        pool.shutdown();
        if (!pool.awaitTermination(1, TimeUnit.SECONDS)) {
            pool.shutdownNow();
        }
        if (!pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS)
                || !scheduler.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("threads of the ended connection still run after {} s", END_SECONDS);
            return;
        }
        for (Thread thread : made) { // an executor has terminated a moment before its last thread
            thread.join(Duration.ofSeconds(END_SECONDS));
        }
    }
}
