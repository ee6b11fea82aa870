package io.steward.agent.method.exec;

import java.util.concurrent.TimeUnit;

/// Waiting that must come to its end although the thread is interrupted; the interrupt is kept.
public final class Threads {
    private Threads() {}

    /// Waits for the end of a thread.
    public static void join(Thread thread) {
        uninterruptibly(left -> thread.join(), Long.MAX_VALUE);
    }

    /// Waits for `nanos`.
    static void sleep(long nanos) {
        uninterruptibly(TimeUnit.NANOSECONDS::sleep, nanos);
    }

    /// A wait of at most `nanos`.
    interface Wait {
        void run(long nanos) throws InterruptedException;
    }

    static void uninterruptibly(Wait wait, long nanos) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    wait.run(nanos - (System.nanoTime() - start));
                    return;
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
