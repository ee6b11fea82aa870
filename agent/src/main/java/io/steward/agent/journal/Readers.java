package io.steward.agent.journal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A few connections for reading, beside the writer's. A reader sees the last commit, and neither
/// waits for the writer nor holds it up. Whoever asks while all are busy waits. Thread-safe.
final class Readers implements AutoCloseable {

    /// Asks one question.
    @FunctionalInterface
    interface Question<T> {
        T ask(Sql sql) throws SQLException;
    }

    private final Path file;
    private final List<Sql> all;
    private final BlockingQueue<Sql> idle;
    private volatile boolean closed;

    /// @param connections are closed by [#close]
    Readers(Path file, List<Sql> connections) {
        this.file = file;
        this.all = List.copyOf(connections);
        this.idle = new ArrayBlockingQueue<>(connections.size(), false, connections);
    }

    /// @throws JournalException if the file cannot be read, the journal is closed, or the thread is
    ///   interrupted while it waits (it stays interrupted)
    <T> T ask(Question<T> question) {
        Sql sql = take();
        try {
            return question.ask(sql);
        } catch (SQLException e) {
            throw Faults.of(file, "read", e);
        } finally {
            idle.add(sql);
        }
    }

    private Sql take() {
        try {
            Sql sql = idle.take();
            if (closed) {
                idle.add(sql);
                throw new JournalException(
                        JournalException.Kind.CLOSED,
                        "journal %s is closed; it cannot be asked".formatted(file));
            }
            return sql;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JournalException(
                    JournalException.Kind.OTHER,
                    "journal %s: interrupted while waiting to read".formatted(file),
                    e);
        }
    }

    /// Waits for the questions that are being asked.
    @Override
    public void close() throws SQLException {
        closed = true;
        List<Sql> taken = new ArrayList<>();
        boolean interrupted = false;
        while (taken.size() < all.size()) {
            try {
                taken.add(idle.take());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Sql sql : taken) {
            sql.close();
        }
        idle.addAll(taken); // so that who waits learns that it is closed
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
