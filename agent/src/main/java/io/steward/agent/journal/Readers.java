package io.steward.agent.journal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// A few connections for reading, beside the writer's. A reader sees the last commit, and neither
/// waits for the writer nor holds it up. There is one; more are opened when those there are are
/// busy, up to a bound, and stay. Whoever asks while all are busy waits. Thread-safe.
final class Readers implements AutoCloseable {

    /// Asks one question.
    @FunctionalInterface
    interface Question<T> {
        T ask(Sql sql) throws SQLException;
    }

    /// Makes a connection.
    @FunctionalInterface
    interface Opener {
        Sql open() throws SQLException;
    }

    private final Path file;
    private final Opener opener;
    private final int most;
    private final List<Sql> all = new ArrayList<>(); // guarded by this
    private final BlockingQueue<Sql> idle;
    private volatile boolean closed; // written under this object's monitor

    /// @param first closed by [#close], as are those that are opened later
    /// @param most how many there may be in all
    Readers(Path file, Sql first, Opener opener, int most) {
        this.file = file;
        this.opener = opener;
        this.most = most;
        this.all.add(first);
        this.idle = new ArrayBlockingQueue<>(most, false, List.of(first));
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
            Sql sql = idle.poll();
            sql = sql == null ? another() : sql;
            sql = sql == null ? idle.take() : sql;
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

    /// One more, if there may be.
    private synchronized @Nullable Sql another() {
        if (closed || all.size() >= most) {
            return null;
        }
        try {
            Sql made = opener.open();
            all.add(made);
            return made;
        } catch (SQLException e) {
            return null; // why: those that there are do, a little later
        }
    }

    /// @return how many there are, and will be
    private synchronized int end() {
        closed = true;
        return all.size();
    }

    /// Waits for the questions that are being asked.
    @Override
    public void close() throws SQLException {
        int last = end();
        List<Sql> taken = new ArrayList<>();
        boolean interrupted = false;
        while (taken.size() < last) {
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
