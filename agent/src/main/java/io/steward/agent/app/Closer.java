package io.steward.agent.app;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Closes what was opened, in reverse order, whatever fails on the way; later failures are kept as
/// suppressed ones. Used by one thread.
final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T closeable) {
        opened.push(closeable);
        return closeable;
    }

    /// @throws IOException with the first failure as its cause and the later ones suppressed
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (AutoCloseable each = opened.poll(); each != null; each = opened.poll()) {
            try {
                each.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                if (failure == null) {
                    failure =
                            new IOException(
                                    "closing " + each.getClass().getSimpleName() + ": " + e, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
