package io.steward.cli;

/// Makes text of others harmless on a terminal: what would move the cursor, set colours or titles,
/// answer back or turn the direction of writing is shown instead of done.
final class Visible {
    private Visible() {}

    /// Line feeds and tabs stay; a carriage return before a line feed goes.
    static String of(String text) {
        int clean = 0;
        while (clean < text.length() && isHarmless(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16).append(text, 0, clean);
        for (int i = clean; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isHarmless(c)) {
                visible.append(c);
            } else if (c != '\r' || i + 1 == text.length() || text.charAt(i + 1) != '\n') {
                visible.append(name(c));
            }
        }
        return visible.toString();
    }

    /// JSON, or YAML with all such text in quotes, in which what is harmful is written as an
    /// escape: it means the same.
    static String json(String document) {
        StringBuilder visible = new StringBuilder(document.length());
        document.chars()
                .forEach(each -> {
                    char c = (char) each;
                    if (isHarmless(c)) {
                        visible.append(c);
                    } else {
                        visible.append("\\u%04x".formatted(each));
                    }
                });
        return visible.toString();
    }

    private static boolean isHarmless(char c) {
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' || (c >= 0xa0 && !turns(c));
    }

    private static boolean turns(char c) {
        return (c >= 0x202a && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x200e
                || c == 0x200f
                || c == 0x061c;
    }

    private static String name(char c) {
        if (c < 0x20) {
            return "^" + (char) (c + 0x40);
        }
        return c == 0x7f ? "^?" : "<U+%04X>".formatted((int) c);
    }
}
