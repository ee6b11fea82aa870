package io.steward.agent.target;

import java.util.ArrayList;
import java.util.List;

/// All texts of a pattern: `*` stands for any characters or none, `?` for one, `[a-z]` for one of
/// these, `[!a-z]` for one of all others. A character is a code point. Matching takes at most the
/// product of the two lengths, whatever the pattern is.
///
/// @param parts what `text` means
record Glob(String text, List<Part> parts) implements Value {
    sealed interface Part {}

    /// Any characters, or none.
    private enum Star implements Part {
        STAR
    }

    /// One character in one of the ranges, or one in none of them.
    private record One(List<Range> ranges, boolean negated) implements Part {
        boolean takes(int c) {
            for (Range range : ranges) {
                if (range.first <= c && c <= range.last) {
                    return !negated;
                }
            }
            return negated;
        }
    }

    private record Range(int first, int last) {}

    Glob {
        parts = List.copyOf(parts);
    }

    /// Whether a word is one.
    static boolean isGlob(String word) {
        return word.indexOf('*') >= 0 || word.indexOf('?') >= 0 || word.indexOf('[') >= 0;
    }

    /// The pattern of a word.
    ///
    /// @throws TargetException for brackets that are not closed, empty, or upside down
    static Glob read(Source source, Token word) throws TargetException {
        List<Part> parts = new ArrayList<>();
        for (int at = word.start(); at < word.end(); ) {
            int c = source.text().codePointAt(at);
            switch (c) {
                case '*' -> parts.add(Star.STAR);
                case '?' -> parts.add(new One(List.of(), true));
                case '[' -> {
                    int close = source.text().indexOf(']', at);
                    if (close < 0 || close >= word.end()) {
                        throw source.error(at, "a [ that is not closed", "characters and ]");
                    }
                    parts.add(brackets(source, at, close));
                    at = close;
                }
                default -> parts.add(new One(List.of(new Range(c, c)), false));
            }
            at += c == '[' ? 1 : Character.charCount(c);
        }
        return new Glob(word.text(), parts);
    }

    private static Part brackets(Source source, int open, int close) throws TargetException {
        String text = source.text();
        boolean negated = text.charAt(open + 1) == '!';
        List<Range> ranges = new ArrayList<>();
        for (int at = open + (negated ? 2 : 1); at < close; ) {
            int first = plain(source, at);
            int last = first;
            int start = at;
            at += Character.charCount(first);
            if (text.charAt(at) == '-' && at + 1 < close) {
                last = plain(source, at + 1);
                at += 1 + Character.charCount(last);
            }
            if (last < first) {
                throw source.error(
                        start,
                        "the range " + text.substring(start, at),
                        "the lower character before the higher one");
            }
            ranges.add(new Range(first, last));
        }
        if (ranges.isEmpty()) {
            throw source.error(close, "empty brackets", "characters before ]");
        }
        return new One(List.copyOf(ranges), negated);
    }

    private static int plain(Source source, int at) throws TargetException {
        int c = source.text().codePointAt(at);
        if (!Lexer.isPlain(c)) {
            throw source.error(
                    at, Excerpt.character(c) + " in brackets", "letters, digits or _-./+%");
        }
        return c;
    }

    @Override
    public boolean matches(String other) {
        int[] characters = other.codePoints().toArray();
        int at = 0;
        int part = 0;
        int behindStar = -1;
        int taken = 0; // up to here by the last star
        while (at < characters.length) {
            Part next = part < parts.size() ? parts.get(part) : null;
            if (next instanceof Star) {
                part++;
                behindStar = part;
                taken = at;
            } else if (next instanceof One one && one.takes(characters[at])) {
                part++;
                at++;
            } else if (behindStar >= 0) {
                taken++;
                at = taken;
                part = behindStar;
            } else {
                return false;
            }
        }
        while (part < parts.size() && parts.get(part) instanceof Star) {
            part++;
        }
        return part == parts.size();
    }

    @Override
    public void write(StringBuilder out) {
        out.append(text);
    }
}
