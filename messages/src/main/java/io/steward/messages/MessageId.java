package io.steward.messages;

import java.time.Instant;

/// The identity of a message: a ULID, 26 characters of Crockford's base 32 in upper case, the first
/// ten of which are the time in milliseconds, so that ids sort by time
/// (https://github.com/ulid/spec).
public record MessageId(String value) implements Comparable<MessageId> {
    static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// @throws IllegalArgumentException if `value` is not a ULID in upper case
    public MessageId {
        if (value.length() != 26) {
            throw new IllegalArgumentException(
                    "message id \"%s\" has %d characters: expected a ULID of 26"
                            .formatted(Token.shorten(value), value.length()));
        }
        for (int i = 0; i < 26; i++) {
            char c = value.charAt(i);
            if (ALPHABET.indexOf(c) < 0 || (i == 0 && c > '7')) {
                throw new IllegalArgumentException(
                        "message id \"%s\" has %s at character %d: expected a ULID in upper case"
                                .formatted(
                                        Token.shorten(value),
                                        Token.name(value.codePointAt(i)),
                                        i + 1));
            }
        }
    }

    /// When it was made, to the millisecond, by the clock of the maker.
    public Instant time() {
        long millis = 0;
        for (int i = 0; i < 10; i++) {
            millis = (millis << 5) | ALPHABET.indexOf(value.charAt(i));
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
