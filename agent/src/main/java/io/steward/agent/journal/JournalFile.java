package io.steward.agent.journal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;

/// Opens the database file: locked, private to its owner, checked, and in the format of this
/// version. Damage is found here and never repaired by starting empty.
final class JournalFile {
    /// `quick_check` reads the whole file; up to this size it is done after every unclean end.
    private static final long CHEAP_TO_CHECK = 256L << 20;

    /// Pages in the write-ahead log before it is copied into the file: 16 MiB.
    private static final int CHECKPOINT_PAGES = 4_096;

    private static final long WAL_BYTES_KEPT = 64L << 20;
    private static final int WRITER_CACHE_KIB = 16 * 1_024;
    private static final int READER_CACHE_KIB = 2 * 1_024;

    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private JournalFile() {}

    static String utc(InstantSource clock) {
        return UTC.format(clock.instant());
    }

    /// Makes an empty file that only its owner may read and write, if there is none.
    static void createPrivate(Path path) throws IOException {
        try {
            if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        path,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(path);
            }
        } catch (FileAlreadyExistsException e) {
            // as it should be from the second start on
        }
    }

    /// The writer's connection. The lock must be held.
    ///
    /// @throws JournalException `DAMAGED` after the file was put aside, `TOO_NEW`
    static Sql openChecked(Path file, JournalLock lock, InstantSource clock) throws IOException {
        if (lock.left() != JournalLock.Left.NONE && isEmpty(file)) {
            throw damaged(
                    file, lock, clock, "it is missing or empty, and there has been one", null);
        }
        createPrivate(file);
        try {
            Sql sql = connect(file, WRITER_CACHE_KIB, false);
            try {
                check(sql, file, lock);
                Schema.bringUpToDate(sql, file);
                return sql;
            } catch (SQLException | RuntimeException e) {
                sql.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(file, lock, clock, e);
        }
    }

    /// What an error while opening means: damage puts the file aside.
    static JournalException failed(Path file, JournalLock lock, InstantSource clock, SQLException e)
            throws IOException {
        int code = e.getErrorCode() & 0xff;
        return code == 11 || code == 26 // CORRUPT, NOTADB
                ? damaged(file, lock, clock, String.valueOf(e.getMessage()), e)
                : Faults.of(file, "open", e);
    }

    private static boolean isEmpty(Path file) throws IOException {
        return !Files.exists(file) || Files.size(file) == 0;
    }

    private static void check(Sql sql, Path file, JournalLock lock)
            throws SQLException, IOException {
        Schema.version(sql);
        if (lock.left() == JournalLock.Left.OPEN && Files.size(file) <= CHEAP_TO_CHECK) {
            String found =
                    sql.first("PRAGMA quick_check(1)", row -> row.getString(1)).orElse("nothing");
            if (!found.equals("ok")) {
                throw new SQLException(found, null, 11);
            }
        }
    }

    static Sql connectReader(Path file) throws SQLException {
        return connect(file, READER_CACHE_KIB, true);
    }

    private static Sql connect(Path file, int cacheKib, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setTempStore(TempStore.MEMORY);
        config.setCacheSize(-cacheKib);
        config.setBusyTimeout(10_000);
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Long.toString(WAL_BYTES_KEPT));
        Sql sql = new Sql(config.createConnection("jdbc:sqlite:" + file.toAbsolutePath()));
        sql.script("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        if (readOnly) {
            sql.script("PRAGMA query_only = true");
        }
        return sql;
    }

    private static JournalException damaged(
            Path file,
            JournalLock lock,
            InstantSource clock,
            String problem,
            @org.jspecify.annotations.Nullable SQLException cause)
            throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + utc(clock));
        boolean moved = false;
        for (String suffix : List.of("", "-wal", "-shm")) {
            Path from = file.resolveSibling(file.getFileName() + suffix);
            if (Files.exists(from)) {
                Files.move(from, aside.resolveSibling(aside.getFileName() + suffix));
                moved = true;
            }
        }
        lock.mark(JournalLock.Left.NONE);
        String message =
                "journal %s is damaged: %s. %s. Messages that were in it and had not ended may be lost; to go on with an empty journal, start the agent again"
                        .formatted(
                                file,
                                problem,
                                moved
                                        ? "It was put aside as " + aside
                                        : "There was nothing to put aside");
        return cause == null
                ? new JournalException(JournalException.Kind.DAMAGED, message)
                : new JournalException(JournalException.Kind.DAMAGED, message, cause);
    }
}
