package io.steward.messages;

import java.util.Locale;

/// The states of a message, as its sender knows them. See docs/concepts.md for the picture.
public enum State {
    /// In the sender's journal; a crash of the sender cannot lose it.
    QUEUED(0),
    /// The broker has it. The receiver may be off line.
    PUBLISHED(1),
    /// In the receiver's journal.
    RECEIVED(2),
    /// The receiver runs it.
    STARTED(3),
    SUCCEEDED(4),
    /// It ran and did not succeed: exit code, signal, timeout or exception; the reason says which.
    FAILED(4),
    /// The receiver died while it ran, and it is not run again.
    INTERRUPTED(4),
    /// The receiver would not run it: no such method, not allowed, bad payload, id known with
    /// another body, too old.
    REFUSED(4),
    /// Its time ran out before it was started.
    EXPIRED(4),
    CANCELLED(4);

    private static final int END = 4;

    private final int rank;

    State(int rank) {
        this.rank = rank;
    }

    /// Whether no other state comes after this one.
    public boolean isEnd() {
        return rank == END;
    }

    /// Whether a message in this state may come into `next`: forward only, and never out of an end
    /// state.
    public boolean mayBecome(State next) {
        return !isEnd() && next.rank > rank;
    }

    /// The word on the wire, in logs and in output.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if no state has that word
    public static State of(String word) {
        for (State state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException(
                "state \"%s\" is not known: expected queued, published, received, started, succeeded, failed, interrupted, refused, expired or cancelled"
                        .formatted(Token.shorten(word)));
    }

    @Override
    public String toString() {
        return word();
    }
}
