package io.steward.agent.target;

/// The text of an expression that is read.
///
/// @param where for errors, behind the place: "" or, of a group, " of @a -> @b"
record Source(String text, String where) {
    /// @param position in `char` from 0
    /// @param problem what was found
    TargetException error(int position, String problem, String expected) {
        return new TargetException(this, position, problem, expected);
    }

    /// For more than there may be.
    TargetException tooLong() {
        return error(
                Math.min(text.length(), Target.MAX_LENGTH),
                "more text",
                "at most %d characters, a space beside each word".formatted(Target.MAX_LENGTH));
    }
}
