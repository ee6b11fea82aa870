package io.steward.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM for commands that run an agent: the command is interrupted, may stop
/// everything in order, and only then does the JVM end, with the exit code 0.
final class Lifetime {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread hook;

    private Lifetime(Thread worker, Duration patience) {
        hook =
                new Thread(
                        () -> {
                            worker.interrupt();
                            Runtime.getRuntime().halt(await(patience) ? Exit.OK : Exit.FAILED);
                        },
                        "stop");
    }

    /// What is run; is interrupted when it is to stop.
    interface Body {
        int run() throws Exception;
    }

    /// Runs `body` on this thread.
    ///
    /// @param patience how long stopping may take in all
    static int run(Duration patience, Body body) throws Exception {
        Lifetime lifetime = new Lifetime(Thread.currentThread(), patience);
        Runtime.getRuntime().addShutdownHook(lifetime.hook);
        try {
            return body.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.OK;
        } finally {
            lifetime.end();
        }
    }

    private void end() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook waits for this.
        }
        stopped.countDown();
    }

    private boolean await(Duration patience) {
        try {
            return stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
