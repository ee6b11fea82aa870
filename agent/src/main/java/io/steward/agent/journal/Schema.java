package io.steward.agent.journal;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// The tables, and how an older file becomes one of this version. `PRAGMA user_version` counts the
/// steps taken.
///
/// One row of `message` for each message and direction holds all that changes and all that is asked
/// for. What is large and written once lies apart (`body`, `answer`), appended by `seq`, so that a
/// new state rewrites a hundred bytes and not the message. `output` holds what a followed message
/// has printed, `stream` 0 stdout, 1 stderr. `run` and `run_target` hold the runs (see [Runs]),
/// `schedule` the schedules (see [Schedules]), `notice` and `notice_out` the notices that came and
/// those that are to be sent (see [Notices]), `kept` small values by their names. Times are
/// milliseconds since 1970. `direction`: 0 sent, 1 received; `state`: 0 queued, 1 published, 2
/// received, 3 started, 4 and up the ends (see [Rows]).
final class Schema {
    /// One script for each step; a step that was released is never changed.
    private static final List<String> STEPS =
            List.of(
                    """
                    CREATE TABLE message (
                      id TEXT NOT NULL,
                      direction INTEGER NOT NULL,
                      seq INTEGER NOT NULL,
                      state INTEGER NOT NULL,
                      node TEXT NOT NULL,
                      type TEXT NOT NULL,
                      method TEXT NOT NULL,
                      domain TEXT NOT NULL,
                      created INTEGER NOT NULL,
                      expires INTEGER NOT NULL,
                      method_timeout INTEGER,
                      ack_timeout INTEGER,
                      queued INTEGER,
                      published INTEGER,
                      received INTEGER,
                      started INTEGER,
                      ended INTEGER,
                      reason TEXT,
                      note TEXT,
                      stream TEXT,
                      stream_created INTEGER,
                      stream_sequence INTEGER,
                      stored INTEGER,
                      look INTEGER,
                      looks INTEGER NOT NULL DEFAULT 0,
                      resends INTEGER NOT NULL DEFAULT 0,
                      attempt INTEGER NOT NULL DEFAULT 0,
                      boot TEXT,
                      labels INTEGER NOT NULL DEFAULT 0,
                      PRIMARY KEY (id, direction)
                    ) WITHOUT ROWID;
                    CREATE INDEX sent_queued ON message (node, type, method, domain, seq)
                      WHERE direction = 0 AND state = 0;
                    CREATE INDEX sent_look ON message (node, look)
                      WHERE direction = 0 AND state < 4;
                    CREATE INDEX sent_open ON message (expires)
                      WHERE direction = 0 AND state < 4;
                    CREATE INDEX received_open ON message (type, method, domain, seq)
                      WHERE direction = 1 AND state < 4;
                    CREATE TABLE body (
                      seq INTEGER PRIMARY KEY,
                      hash TEXT,
                      envelope BLOB NOT NULL
                    );
                    CREATE TABLE answer (
                      seq INTEGER PRIMARY KEY,
                      ack BLOB NOT NULL
                    );
                    CREATE TABLE label (
                      key TEXT NOT NULL,
                      value TEXT NOT NULL,
                      id TEXT NOT NULL,
                      direction INTEGER NOT NULL,
                      PRIMARY KEY (key, value, id, direction)
                    ) WITHOUT ROWID;
                    CREATE TABLE processed (
                      sequence INTEGER PRIMARY KEY,
                      at INTEGER NOT NULL,
                      id TEXT NOT NULL,
                      direction INTEGER NOT NULL
                    );
                    CREATE TABLE ack_out (
                      seq INTEGER PRIMARY KEY,
                      id TEXT NOT NULL UNIQUE,
                      subject TEXT NOT NULL,
                      envelope BLOB NOT NULL
                    );
                    CREATE INDEX ack_out_queued ON ack_out (subject, seq);
                    CREATE TABLE cancelled (
                      id TEXT PRIMARY KEY,
                      at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE input (
                      n INTEGER PRIMARY KEY,
                      key TEXT NOT NULL UNIQUE,
                      at INTEGER NOT NULL,
                      ids TEXT NOT NULL
                    );
                    CREATE TABLE dead_letter (
                      n INTEGER PRIMARY KEY,
                      at INTEGER NOT NULL,
                      subject TEXT NOT NULL,
                      sequence INTEGER NOT NULL,
                      reason TEXT NOT NULL,
                      payload BLOB NOT NULL
                    );
                    CREATE TABLE node (
                      name TEXT PRIMARY KEY,
                      at INTEGER NOT NULL,
                      facts TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE mark (
                      name TEXT PRIMARY KEY,
                      value INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    """,
                    """
                    CREATE TABLE output (
                      n INTEGER PRIMARY KEY,
                      seq INTEGER NOT NULL,
                      attempt INTEGER NOT NULL,
                      stream INTEGER NOT NULL,
                      place INTEGER NOT NULL,
                      bytes BLOB NOT NULL
                    );
                    CREATE UNIQUE INDEX output_place ON output (seq, attempt, stream, place);
                    CREATE INDEX output_message ON output (seq);
                    """,
                    """
                    CREATE TABLE run (
                      id TEXT PRIMARY KEY,
                      created INTEGER NOT NULL,
                      spec TEXT NOT NULL,
                      targets INTEGER NOT NULL,
                      phase INTEGER NOT NULL,
                      reason TEXT,
                      changed INTEGER NOT NULL,
                      ended INTEGER
                    ) WITHOUT ROWID;
                    CREATE INDEX run_open ON run (id) WHERE ended IS NULL;
                    CREATE TABLE run_target (
                      run TEXT NOT NULL,
                      place INTEGER NOT NULL,
                      node TEXT NOT NULL,
                      wave INTEGER,
                      message TEXT,
                      sent INTEGER,
                      state INTEGER,
                      ended INTEGER,
                      left_out TEXT,
                      PRIMARY KEY (run, place)
                    ) WITHOUT ROWID;
                    CREATE TABLE schedule (
                      name TEXT PRIMARY KEY,
                      version INTEGER NOT NULL DEFAULT 1,
                      spec TEXT NOT NULL,
                      begun INTEGER NOT NULL,
                      end INTEGER,
                      through INTEGER NOT NULL,
                      next INTEGER,
                      paused INTEGER NOT NULL DEFAULT 0,
                      ended INTEGER,
                      fired INTEGER,
                      firings INTEGER NOT NULL DEFAULT 0,
                      skipped INTEGER NOT NULL DEFAULT 0,
                      problem TEXT
                    ) WITHOUT ROWID;
                    ALTER TABLE input ADD COLUMN schedules TEXT;
                    CREATE TABLE notice (
                      n INTEGER PRIMARY KEY AUTOINCREMENT,
                      id TEXT NOT NULL UNIQUE,
                      at INTEGER NOT NULL,
                      sender TEXT NOT NULL,
                      topic TEXT NOT NULL,
                      made INTEGER NOT NULL,
                      content TEXT NOT NULL
                    );
                    CREATE TABLE notice_out (
                      n INTEGER PRIMARY KEY,
                      id TEXT NOT NULL UNIQUE,
                      sender TEXT NOT NULL,
                      topic TEXT NOT NULL,
                      made INTEGER NOT NULL,
                      content TEXT NOT NULL
                    );
                    CREATE TABLE kept (
                      name TEXT PRIMARY KEY,
                      value TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX run_target_open ON run_target (run)
                      WHERE message IS NOT NULL AND state IS NULL;
                    """,
                    """
                    ALTER TABLE run_target ADD COLUMN nth INTEGER NOT NULL DEFAULT 0;
                    UPDATE run_target SET nth = place + 1
                      WHERE state IS NOT NULL OR left_out IS NOT NULL;
                    CREATE INDEX run_target_ended ON run_target (run, nth) WHERE nth > 0;
                    """);

    static final int VERSION = STEPS.size();

    private Schema() {}

    /// Takes the steps that are missing, each in a transaction of its own.
    ///
    /// @throws JournalException `TOO_NEW`
    static void bringUpToDate(Sql sql, Path file) throws SQLException {
        int version = version(sql);
        if (version > VERSION) {
            throw new JournalException(
                    JournalException.Kind.TOO_NEW,
                    "journal %s has format %d, written by a newer version of the agent: this one knows formats up to %d; install the newer version again"
                            .formatted(file, version, VERSION));
        }
        for (int step = version; step < VERSION; step++) {
            sql.script(
                    "BEGIN IMMEDIATE;"
                            + STEPS.get(step)
                            + "PRAGMA user_version = "
                            + (step + 1)
                            + "; COMMIT");
        }
    }

    static int version(Sql sql) throws SQLException {
        return sql.first("PRAGMA user_version", row -> row.getInt(1)).orElse(0);
    }
}
