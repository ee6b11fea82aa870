package io.steward.agent.inbox;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Interrupts a thread whose method does not come back in its time. Thread-safe.
final class Watchdog implements AutoCloseable {
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task ->
                    Thread.ofPlatform().name("steward/inbox/watchdog").daemon().unstarted(task));

    /// A watch over one run, from [#watch] to [Watch#end].
    static final class Watch {
        private final Thread thread;
        private boolean over;
        private boolean fired;
        private ScheduledFuture<?> task;

        private Watch(Thread thread, ScheduledExecutorService timer, Duration time) {
            this.thread = thread;
            this.task = timer.schedule(this::fire, time.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void fire() {
            if (!over) {
                fired = true;
                thread.interrupt();
            }
        }

        /// Ends the watch; an interrupt of its own is taken back.
        ///
        /// @return whether it had to interrupt
        synchronized boolean end() {
            over = true;
            task.cancel(false);
            if (fired) {
                var _ = Thread.interrupted();
            }
            return fired;
        }
    }

    /// Watches over the calling thread.
    Watch watch(Duration time) {
        return new Watch(Thread.currentThread(), timer, time);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
