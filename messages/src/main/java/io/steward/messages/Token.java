package io.steward.messages;

/// One token of a subject: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
final class Token {
    static final int MAX_LENGTH = 64;

    private Token() {}

    /// Returns `value` when it is a token.
    ///
    /// @param what what the token is, for the error: "node name", "method", "domain"
    /// @throws IllegalArgumentException naming the token, the character and its place
    static String require(String what, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    what + " is empty: expected 1 to 64 characters of A-Z a-z 0-9 _ -");
        }
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            if (!allowed(c)) {
                throw new IllegalArgumentException(
                        "%s \"%s\" has %s at character %d: allowed are A-Z a-z 0-9 _ -"
                                .formatted(
                                        what,
                                        shorten(value),
                                        name(c),
                                        value.codePointCount(0, i) + 1));
            }
            i += Character.charCount(c);
        }
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "%s \"%s\" has %d characters: at most %d are allowed"
                            .formatted(what, shorten(value), value.length(), MAX_LENGTH));
        }
        return value;
    }

    private static boolean allowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-';
    }

    /// Names a character so that also an invisible one can be seen in an error message.
    private static String name(int c) {
        return switch (c) {
            case ' ' -> "a space";
            case '\t' -> "a tab";
            case '\n' -> "a line feed";
            case '\r' -> "a carriage return";
            default ->
                    c > 0x20 && c < 0x7f
                            ? "'" + Character.toString(c) + "'"
                            : "U+%04X".formatted(c);
        };
    }

    static String shorten(String value) {
        String visible =
                value.codePoints()
                        .limit(80)
                        .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return visible.length() < value.length() ? visible + "..." : visible;
    }
}
