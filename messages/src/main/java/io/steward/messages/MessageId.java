package io.steward.messages;

import java.time.Instant;

/// The identity of a message: a [Ulid], so that ids sort by time.
public record MessageId(String value) implements Comparable<MessageId> {

    /// @throws IllegalArgumentException if `value` is not a ULID in upper case
    public MessageId {
        value = Ulid.require("message id", value);
    }

    /// When it was made, to the millisecond, by the clock of the maker.
    public Instant time() {
        long millis = 0;
        for (int i = 0; i < 10; i++) {
            millis = (millis << 5) | Ulid.ALPHABET.indexOf(value.charAt(i));
        }
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public int compareTo(MessageId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
