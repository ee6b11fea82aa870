package io.steward.agent.journal;

import io.steward.agent.settings.MemoryShares;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Opens a journal: the lock, the writer's connection, the readers' connections; all of it or, with
/// an error, nothing.
final class Opening {
    private static final int READERS = 4;

    private Opening() {}

    static SqliteJournal open(Path file, InstantSource clock) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            JournalLock lock = JournalLock.take(file);
            opened.add(lock);
            Sql sql = JournalFile.openChecked(file, lock, clock);
            opened.add(sql);
            Counters counters = count(file, lock, clock, sql);
            Sql reader = JournalFile.connectReader(file);
            opened.add(reader);
            lock.mark(JournalLock.Left.OPEN);
            return new SqliteJournal(
                    file,
                    clock,
                    lock,
                    new Writer(file, sql, counters, MemoryShares.ofThisProcess().writes()),
                    new Readers(file, reader, () -> JournalFile.connectReader(file), READERS));
        } catch (JournalException e) {
            throw closeAll(opened, e);
        } catch (SQLException e) {
            throw closeAll(opened, Faults.of(file, "open", e));
        } catch (ClosedByInterruptException e) {
            throw closeAll(
                    opened,
                    new JournalException(
                            JournalException.Kind.OTHER,
                            "journal %s was not opened: told to stop meanwhile".formatted(file),
                            e));
        } catch (IOException e) {
            throw closeAll(
                    opened,
                    new JournalException(
                            JournalException.Kind.DAMAGED,
                            "journal %s cannot be opened: %s; check that its folder exists and may be written by this user"
                                    .formatted(file, e),
                            e));
        }
    }

    private static Counters count(Path file, JournalLock lock, InstantSource clock, Sql sql)
            throws SQLException, IOException {
        try {
            return Counters.read(sql);
        } catch (SQLException e) {
            sql.close();
            throw JournalFile.failed(file, lock, clock, e);
        }
    }

    private static JournalException closeAll(List<AutoCloseable> opened, JournalException failure) {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }
}
