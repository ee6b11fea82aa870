package io.steward.messages;

/// A name of 26 characters of Crockford's base 32 in upper case, the first ten of which are the
/// time in milliseconds, so that names sort by time (https://github.com/ulid/spec).
public final class Ulid {
    static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int LENGTH = 26;

    private Ulid() {}

    /// Returns `value` when it is a ULID in upper case.
    ///
    /// @param what what it names, for the error: "message id", "run id"
    /// @throws IllegalArgumentException naming the value and its first character that is wrong
    public static String require(String what, String value) {
        if (value.length() != LENGTH) {
            throw new IllegalArgumentException(
                    "%s \"%s\" has %d characters: expected a ULID of %d"
                            .formatted(what, Token.shorten(value), value.length(), LENGTH));
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = value.charAt(i);
            if (ALPHABET.indexOf(c) < 0 || (i == 0 && c > '7')) {
                throw new IllegalArgumentException(
                        "%s \"%s\" has %s at character %d: expected a ULID in upper case"
                                .formatted(
                                        what,
                                        Token.shorten(value),
                                        Token.name(value.codePointAt(i)),
                                        i + 1));
            }
        }
        return value;
    }
}
