package io.steward.agent.journal;

import io.steward.agent.journal.Transaction.Work;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One write that waits for the writer, and what became of it.
final class Request<T> {
    private final Work<T> work;
    private final long bytes;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private @Nullable Throwable failure;
    private Runnable completion = () -> {};

    /// @param bytes that it holds in memory
    Request(Work<T> work, long bytes) {
        this.work = work;
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /// Runs it within a transaction that is not committed yet.
    void run(Transaction transaction) throws SQLException {
        T result = work.in(transaction);
        failure = null;
        completion = () -> future.complete(result);
    }

    void failed(Throwable cause) {
        failure = cause;
        completion = () -> future.completeExceptionally(cause);
    }

    boolean hasFailed() {
        return failure != null;
    }

    /// Tells the caller. After the commit only.
    void complete() {
        completion.run();
    }
}
