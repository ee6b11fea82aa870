package io.steward.agent.journal;

import io.steward.agent.journal.Transaction.Work;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// The one thread that writes. It takes all requests that are waiting, runs them in one transaction
/// and completes their futures after the commit (group commit). If one of them fails, the group is
/// rolled back and each is run in a transaction of its own, so that it fails alone. A platform
/// thread, because SQLite blocks in native code and would hold a carrier of the virtual threads.
final class Writer implements AutoCloseable {
    private static final int WAITING_REQUESTS = 4_096;
    private static final int GROUP = 1_000;

    private final Path file;
    private final Sql sql;
    private final BlockingQueue<Request<?>> requests = new ArrayBlockingQueue<>(WAITING_REQUESTS);
    private final List<Runnable> processedListeners = new CopyOnWriteArrayList<>();
    private final Completions completions = new Completions("journal-completions");
    private final Thread thread;
    private Counters working;
    private volatile Counters committed;
    private volatile boolean closing;
    private volatile boolean ended;
    private final long maxBytes;
    private long waitingBytes; // guarded by this

    /// @param sql is closed by [#close]
    /// @param maxBytes of the messages in what waits
    Writer(Path file, Sql sql, Counters counters, long maxBytes) {
        this.maxBytes = maxBytes;
        this.file = file;
        this.sql = sql;
        this.working = counters;
        this.committed = counters.copy();
        this.thread = Thread.ofPlatform().daemon().name("journal-writer").start(this::loop);
    }

    <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(0, work);
    }

    /// Waits while the queue is full, or holds too many bytes. One that is larger than all the room
    /// goes alone.
    ///
    /// @param bytes that it holds in memory until it is committed
    <T> CompletableFuture<T> submit(long bytes, Work<T> work) {
        Request<T> request = new Request<>(work, bytes);
        try {
            while (!closing) {
                if (!enter(bytes)) {
                    continue;
                }
                boolean offered = false;
                try {
                    offered = requests.offer(request, 100, TimeUnit.MILLISECONDS);
                } finally {
                    if (!offered) {
                        leave(bytes);
                    }
                }
                if (offered) {
                    if (ended) {
                        failWhatIsLeft(); // it came between the writer's last look and its end
                    }
                    return request.future();
                }
            }
            request.future().completeExceptionally(closed());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            request.future()
                    .completeExceptionally(
                            new JournalException(
                                    JournalException.Kind.OTHER,
                                    "journal %s: interrupted while waiting to write; nothing was written"
                                            .formatted(file),
                                    e));
        }
        return request.future();
    }

    /// Waits for room.
    ///
    /// @return false if it is closing
    private synchronized boolean enter(long bytes) throws InterruptedException {
        while (bytes > 0 && waitingBytes > 0 && waitingBytes + bytes > maxBytes) {
            if (closing) {
                return false;
            }
            wait(100);
        }
        waitingBytes += bytes;
        return true;
    }

    private synchronized void leave(long bytes) {
        if (bytes > 0) {
            waitingBytes -= bytes;
            notifyAll();
        }
    }

    /// As of the last commit.
    Counters counters() {
        return committed;
    }

    void onProcessed(Runnable listener) {
        processedListeners.add(listener);
    }

    private void loop() {
        List<Request<?>> group = new ArrayList<>(GROUP);
        while (!(closing && requests.isEmpty())) {
            try {
                group.add(requests.take()); // why: close() puts one in
                requests.drainTo(group, GROUP - 1);
                write(group);
            } catch (InterruptedException e) {
                // only close() ends it, after the last commit
            } finally {
                group.clear();
            }
        }
        ended = true;
        failWhatIsLeft();
    }

    private void write(List<Request<?>> group) throws InterruptedException {
        if (!commit(group)) {
            if (group.size() > 1) {
                for (Request<?> request : group) {
                    commit(List.of(request));
                }
            }
        }
        long before = committed.processed();
        committed = working.copy();
        boolean processed = committed.processed() > before;
        List<Request<?>> done = List.copyOf(group);
        leave(done.stream().mapToLong(Request::bytes).sum());
        completions.add(() -> {
            done.forEach(Request::complete);
            if (processed) {
                processedListeners.forEach(Runnable::run);
            }
        });
    }

    /// Runs the requests in one transaction.
    ///
    /// @return false if it was rolled back; each request then knows the failure
    @SuppressWarnings("CatchingUnchecked") // top of a thread: an error of one request ends that one
    private boolean commit(List<Request<?>> group) {
        Counters before = working.copy();
        try {
            sql.update("BEGIN IMMEDIATE");
            for (Request<?> request : group) {
                request.run(new Transaction(sql, working));
            }
            sql.update("COMMIT");
            return true;
        } catch (Throwable e) {
            working = before;
            rollBack();
            Throwable failure = e instanceof SQLException s ? Faults.of(file, "write", s) : e;
            group.forEach(request -> request.failed(failure));
            return false;
        }
    }

    private void rollBack() {
        try {
            sql.update("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself, as it does after some errors
        }
    }

    private void failWhatIsLeft() {
        List<Request<?>> left = new ArrayList<>();
        requests.drainTo(left);
        left.forEach(request -> request.future().completeExceptionally(closed()));
    }

    private JournalException closed() {
        return new JournalException(
                JournalException.Kind.CLOSED,
                "journal %s is closed; nothing was written".formatted(file));
    }

    /// Writes what is waiting, tells the callers, and returns after both threads ended.
    @Override
    public void close() throws SQLException {
        closing = true;
        requests.offer(
                new Request<>(nothing -> true, 0)); // wakes it; when there is no room, it is awake
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        completions.close();
        sql.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
