package io.steward.agent.target;

/// A target that is not one. The message is fit for a person: what was found, where, and what was
/// expected.
public final class TargetException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final int position;
    private final String expected;

    TargetException(Source source, int position, String problem, String expected) {
        super(
                "%s at character %d%s: expected %s"
                        .formatted(
                                problem,
                                source.text().codePointCount(0, position) + 1,
                                source.where(),
                                expected));
        this.text = source.text();
        this.position = position;
        this.expected = expected;
    }

    /// Where in [#text] it went wrong, in `char` from 0; the length of it for its end.
    public int position() {
        return position;
    }

    /// What would have been right there.
    public String expected() {
        return expected;
    }

    /// What was read: the expression, or that of a group it refers to. It may be long, and hold any
    /// characters.
    public String text() {
        return text;
    }

    /// Two lines for a terminal: the expression, or some 60 characters of it around the place, and
    /// below it a caret with what was expected. No line feed at the end, no control characters.
    public String pointed() {
        return Excerpt.pointed(text, position, expected);
    }
}
