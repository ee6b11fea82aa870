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

    static boolean isToken(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_LENGTH
                && value.chars().allMatch(Token::allowed);
    }

    private static boolean allowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-';
    }

    /// Names a character so that also an invisible one can be seen in an error message.
    static String name(int c) {
        return switch (c) {
            case ' ' -> "a space";
            case '\'' -> "a single quote";
            case '"' -> "a double quote";
            case '\t' -> "a tab";
            case '\n' -> "a line feed";
            case '\r' -> "a carriage return";
            default ->
                    c > 0x20 && c < 0x7f
                            ? "'" + Character.toString(c) + "'"
                            : "U+%04X".formatted(c);
        };
    }

    /// At most 80 characters of `value`, with U+FFFD in place of what cannot be seen or would turn
    /// the text around.
    static String shorten(String value) {
        StringBuilder visible = new StringBuilder();
        int at = 0;
        for (int n = 0; n < 80 && at < value.length(); n++) {
            int c = value.codePointAt(at);
            visible.appendCodePoint(isVisible(c) ? c : 0xFFFD);
            at += Character.charCount(c);
        }
        return at < value.length() ? visible.append("...").toString() : visible.toString();
    }

    /// The same text with U+FFFD in place of what cannot be seen or would turn the text around.
    static String visible(String text) {
        if (text.codePoints().allMatch(Token::isVisible)) {
            return text;
        }
        StringBuilder visible = new StringBuilder();
        text.codePoints().forEach(c -> visible.appendCodePoint(isVisible(c) ? c : 0xFFFD));
        return visible.toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /// Where the first half of a surrogate pair stands that lacks its other half, so that the text
    /// has no UTF-8; -1 if there is none.
    static int unpairedSurrogate(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /// @throws IllegalArgumentException if `value` cannot be written in UTF-8
    static void requireUnicode(String field, String value) {
        int at = unpairedSurrogate(value);
        if (at >= 0) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" has half a surrogate pair (U+%04X) at character %d: it cannot be written in UTF-8"
                            .formatted(
                                    field,
                                    shorten(value),
                                    (int) value.charAt(at),
                                    value.codePointCount(0, at) + 1));
        }
    }
}
