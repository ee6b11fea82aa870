package io.steward.agent.kernel;

import java.time.Duration;

/// Makes the kernel's threads; tests put their own in its place to decide when a thread runs.
@FunctionalInterface
interface Threads {
    Threads VIRTUAL = (name, work) -> Thread.ofVirtual().name(name).unstarted(work);

    /// A thread that has not been started.
    Thread create(String name, Runnable work);

    /// Waits until the thread has ended, also when the caller is interrupted meanwhile (its
    /// interrupt is kept for later). The calling thread never waits for itself.
    ///
    /// @return false if it still lives after `longest`
    static boolean join(Thread thread, Duration longest) {
        if (thread.equals(Thread.currentThread())) {
            return true;
        }
        boolean interrupted = false;
        long end = System.nanoTime() + longest.toNanos();
        try {
            while (true) {
                try {
                    return thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
