package io.steward.agent.target;

/// Parts of an expression as they can be shown: short, on one line, and with U+FFFD for what cannot
/// be seen or would turn the text around.
final class Excerpt {
    private static final int LONGEST_WORD = 40;
    private static final int BEFORE = 40;
    private static final int AFTER = 24;
    private static final String CUT = "...";

    private Excerpt() {}

    /// The text in quotes, cut off if it is long.
    static String quoted(String text) {
        int[] all = visible(text);
        return all.length <= LONGEST_WORD
                ? "\"" + part(all, 0, all.length) + "\""
                : "\"" + part(all, 0, LONGEST_WORD) + CUT + "\"";
    }

    /// One character for an error.
    static String character(int c) {
        return isVisible(c) && c != ' ' ? "'" + Character.toString(c) + "'" : "U+%04X".formatted(c);
    }

    /// The text around `position`, and below it a caret and `expected`.
    static String pointed(String text, int position, String expected) {
        int[] all = visible(text);
        int at = text.codePointCount(0, position);
        int begin = at <= BEFORE + CUT.length() ? 0 : at - BEFORE;
        int end = all.length <= at + AFTER + CUT.length() ? all.length : at + AFTER;
        String before = (begin == 0 ? "" : CUT) + part(all, begin, at);
        String behind = part(all, at, end) + (end == all.length ? "" : CUT);
        return "  %s%s\n  %s^ expected %s"
                .formatted(
                        before,
                        behind,
                        " ".repeat(before.codePointCount(0, before.length())),
                        expected);
    }

    private static int[] visible(String text) {
        return text.codePoints()
                .map(c -> Lexer.isSpace(c) ? ' ' : isVisible(c) ? c : 0xFFFD)
                .toArray();
    }

    private static String part(int[] all, int begin, int end) {
        return new String(all, begin, end - begin);
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    false;
            default -> true;
        };
    }
}
