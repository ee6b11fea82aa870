package io.steward.agent.target;

/// A piece of an expression.
///
/// @param text of a word, as it stands there; of quoted text and of a group, what is meant by it;
///   of an operator, the canonical one
/// @param start in `char` from 0
/// @param end behind the last `char`
record Token(Kind kind, String text, int start, int end) {
    enum Kind {
        WORD,
        QUOTED,
        GROUP,
        OPERATOR,
        OPEN,
        CLOSE,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isWord(String word) {
        return kind == Kind.WORD && text.equals(word);
    }

    /// The token in words, for an error.
    String found() {
        return switch (kind) {
            case END -> "the end";
            case GROUP -> "@" + text;
            case WORD, QUOTED, OPERATOR, OPEN, CLOSE -> Excerpt.quoted(text);
        };
    }
}
