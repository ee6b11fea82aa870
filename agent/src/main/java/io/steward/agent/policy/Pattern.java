package io.steward.agent.policy;

import java.util.ArrayList;
import java.util.List;

/// A text, or all texts of a form: `*` stands for any characters or none, `?` for one, `[a-z]` for
/// one of these, `[!a-z]` for one of all others. A character is a code point. Matching takes at
/// most the product of the two lengths, whatever the pattern is.
///
/// @param text as it was written
/// @param segments what it means, parted at each `/`
record Pattern(String text, List<List<Part>> segments) {
    private static final String PATH = "/";

    sealed interface Part {}

    /// Any characters, or none.
    private enum Star implements Part {
        STAR
    }

    /// This character.
    private record Exactly(int character) implements Part {}

    /// One character in one of the ranges, or one in none of them.
    private record OneOf(List<Range> ranges, boolean negated) implements Part {
        boolean takes(int c) {
            return negated
                    != ranges.stream().anyMatch(range -> range.first <= c && c <= range.last);
        }
    }

    private record Range(int first, int last) {}

    Pattern {
        segments = segments.stream().map(List::copyOf).toList();
    }

    /// The pattern that means this text alone.
    static Pattern exactly(String text) {
        List<List<Part>> segments = new ArrayList<>();
        for (String segment : text.split(PATH, -1)) {
            segments.add(segment.codePoints().<Part>mapToObj(Exactly::new).toList());
        }
        return new Pattern(text, segments);
    }

    /// @throws IllegalArgumentException for brackets that are not closed, empty, upside down, or
    ///   around a `/`; the message says which
    static Pattern of(String text) {
        List<List<Part>> segments = new ArrayList<>();
        for (String segment : text.split(PATH, -1)) {
            segments.add(parts(segment));
        }
        return new Pattern(text, segments);
    }

    private static List<Part> parts(String segment) {
        List<Part> parts = new ArrayList<>();
        for (int at = 0; at < segment.length(); ) {
            int c = segment.codePointAt(at);
            int next = at + Character.charCount(c);
            switch (c) {
                case '*' -> parts.add(Star.STAR);
                case '?' -> parts.add(new OneOf(List.of(), true));
                case '[' -> {
                    int close = segment.indexOf(']', next);
                    if (close < 0) {
                        throw new IllegalArgumentException(
                                "a [ that is not closed: expected characters and ] (not around a"
                                        + " /)");
                    }
                    parts.add(brackets(segment.substring(next, close)));
                    next = close + 1;
                }
                default -> parts.add(new Exactly(c));
            }
            at = next;
        }
        return parts;
    }

    private static Part brackets(String inside) {
        boolean negated = inside.startsWith("!");
        int[] characters = inside.substring(negated ? 1 : 0).codePoints().toArray();
        if (characters.length == 0) {
            throw new IllegalArgumentException("empty brackets: expected characters before ]");
        }
        List<Range> ranges = new ArrayList<>();
        for (int at = 0; at < characters.length; at++) {
            int first = characters[at];
            int last = first;
            if (at + 2 < characters.length && characters[at + 1] == '-') {
                last = characters[at + 2];
                at += 2;
            }
            if (last < first) {
                throw new IllegalArgumentException(
                        "the range %s-%s: expected the lower character before the higher one"
                                .formatted(Character.toString(first), Character.toString(last)));
            }
            ranges.add(new Range(first, last));
        }
        return new OneOf(List.copyOf(ranges), negated);
    }

    /// Whether a wildcard may stand for whatever is there, `/` included.
    boolean matches(String other) {
        List<Part> all = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (i > 0) {
                all.add(new Exactly('/'));
            }
            all.addAll(segments.get(i));
        }
        return matches(all, other.codePoints().toArray());
    }

    /// Whether it matches where wildcards may stand for nothing that could mean more than it seems:
    /// no `/`, no control character, no segment that is empty, `.` or `..`, and no `-` at the
    /// beginning, which would make an option of an argument.
    boolean matchesNarrowly(String other) {
        String[] parts = other.split(PATH, -1);
        if (parts.length != segments.size()) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            List<Part> segment = segments.get(i);
            int[] characters = parts[i].codePoints().toArray();
            if (segment.stream().allMatch(Exactly.class::isInstance)) {
                if (!matches(segment, characters)) {
                    return false;
                }
                continue;
            }
            boolean mayBeOption =
                    i == 0 && parts[i].startsWith("-") && !(segment.getFirst() instanceof Exactly);
            if (parts[i].isEmpty()
                    || parts[i].equals(".")
                    || parts[i].equals("..")
                    || mayBeOption
                    || parts[i].codePoints().anyMatch(Character::isISOControl)
                    || !matches(segment, characters)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(List<Part> parts, int[] characters) {
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
            } else if (next != null && takes(next, characters[at])) {
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
        return parts.subList(part, parts.size()).stream().allMatch(Star.class::isInstance);
    }

    private static boolean takes(Part part, int c) {
        return switch (part) {
            case Exactly(int character) -> character == c;
            case OneOf oneOf -> oneOf.takes(c);
            case Star _ -> false;
        };
    }
}
