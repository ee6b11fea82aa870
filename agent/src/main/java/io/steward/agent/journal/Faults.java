package io.steward.agent.journal;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What an error of SQLite means for a caller of the journal.
final class Faults {
    private Faults() {}

    /// @param doing what was asked, "write", "read", "open"
    static JournalException of(Path file, String doing, SQLException cause) {
        JournalException.Kind kind = kind(cause);
        String next =
                switch (kind) {
                    case DISK_FULL ->
                            doing.equals("open")
                                    ? "the disk is full; make room, and start the agent again"
                                    : "the disk is full; it goes on by itself when there is room"
                                            + " again";
                    case DAMAGED ->
                            "the file is damaged, or cannot be read or written; check the disk and"
                                    + " the rights of the file, then restart the agent";
                    case TOO_NEW, QUEUE_FULL, CLOSED, OTHER -> "nothing of it was kept";
                };
        return new JournalException(
                kind,
                "journal %s: cannot %s: %s (%s)".formatted(file, doing, next, cause.getMessage()),
                cause);
    }

    static JournalException.Kind kind(SQLException cause) {
        SQLiteErrorCode code =
                cause instanceof SQLiteException e
                        ? e.getResultCode()
                        : SQLiteErrorCode.UNKNOWN_ERROR;
        // why: an extended code holds the plain one in its low byte
        if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE) {
            return JournalException.Kind.DISK_FULL; // the file next to it cannot grow
        }
        return switch (code.code & 0xff) {
            case 13 -> JournalException.Kind.DISK_FULL; // SQLITE_FULL
            case 8, 10, 11, 14, 26 -> // READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB
                    JournalException.Kind.DAMAGED;
            default -> JournalException.Kind.OTHER;
        };
    }
}
