package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.messages.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How values stand in the tables.
final class Rows {
    /// Every state with this number or a higher one is an end.
    static final int FIRST_END = 4;

    private Rows() {}

    static int number(Direction direction) {
        return switch (direction) {
            case SENT -> 0;
            case RECEIVED -> 1;
        };
    }

    static Direction direction(int number) {
        return number == 0 ? Direction.SENT : Direction.RECEIVED;
    }

    static int number(State state) {
        return switch (state) {
            case QUEUED -> 0;
            case PUBLISHED -> 1;
            case RECEIVED -> 2;
            case STARTED -> 3;
            case SUCCEEDED -> 4;
            case FAILED -> 5;
            case INTERRUPTED -> 6;
            case REFUSED -> 7;
            case EXPIRED -> 8;
            case CANCELLED -> 9;
        };
    }

    static State state(int number) {
        return switch (number) {
            case 0 -> State.QUEUED;
            case 1 -> State.PUBLISHED;
            case 2 -> State.RECEIVED;
            case 3 -> State.STARTED;
            case 4 -> State.SUCCEEDED;
            case 5 -> State.FAILED;
            case 6 -> State.INTERRUPTED;
            case 7 -> State.REFUSED;
            case 8 -> State.EXPIRED;
            case 9 -> State.CANCELLED;
            default ->
                    throw new JournalException(
                            JournalException.Kind.DAMAGED,
                            "journal: a row has state " + number + ": expected 0 to 9");
        };
    }

    /// The column that holds when a state was seen.
    static String column(State state) {
        return switch (state) {
            case QUEUED -> "queued";
            case PUBLISHED -> "published";
            case RECEIVED -> "received";
            case STARTED -> "started";
            case SUCCEEDED, FAILED, INTERRUPTED, REFUSED, EXPIRED, CANCELLED -> "ended";
        };
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }
}
