package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stored message or ACK is not what was written: the file is whole, as far as SQLite can tell,
/// and what it holds cannot be decoded. [Repair] puts it aside. It does not leave this package.
final class DamagedRow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Direction direction;
    private final long seq;

    private DamagedRow(@Nullable Direction direction, long seq, JournalException cause) {
        super(cause.getMessage(), cause);
        this.direction = direction;
        this.seq = seq;
    }

    /// Decodes what is stored under `seq`.
    ///
    /// @param direction null for an ACK that waits to be sent
    /// @throws DamagedRow if it cannot be decoded
    static <T> T decoding(@Nullable Direction direction, long seq, Supplier<T> decoding) {
        try {
            return decoding.get();
        } catch (JournalException e) {
            throw new DamagedRow(direction, seq, e);
        }
    }

    @Nullable Direction direction() {
        return direction;
    }

    long seq() {
        return seq;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
