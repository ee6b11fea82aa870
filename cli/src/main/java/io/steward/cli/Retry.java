package io.steward.cli;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Asks an agent again for a while when it cannot be reached. For one thread.
final class Retry {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration most;
    private final LongSupplier nanos;
    private final Pause pause;

    /// Waits.
    interface Pause {
        void pause(Duration length) throws InterruptedException;
    }

    /// @param most for so long, from the first failure on
    /// @param nanos as [System#nanoTime]
    Retry(Duration most, LongSupplier nanos, Pause pause) {
        this.most = most;
        this.nanos = nanos;
        this.pause = pause;
    }

    /// Blocks until there is an answer, or the time is over.
    ///
    /// @param first is told of the first failure
    /// @throws CliException the last failure, or at once one that is none of the connection
    <T> T call(Supplier<T> ask, Consumer<CliException> first) {
        long since = 0;
        boolean hasFailed = false;
        while (true) {
            try {
                return ask.get();
            } catch (CliException e) {
                if (e.exit() != Exit.NO_AGENT) {
                    throw e;
                }
                if (!hasFailed) {
                    hasFailed = true;
                    since = nanos.getAsLong();
                    first.accept(e);
                }
                if (nanos.getAsLong() - since >= most.toNanos()) {
                    throw e;
                }
                pause(e);
            }
        }
    }

    private void pause(CliException why) {
        try {
            pause.pause(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
