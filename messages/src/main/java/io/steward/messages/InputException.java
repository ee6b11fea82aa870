package io.steward.messages;

import org.jspecify.annotations.Nullable;

/// An input that is not as it has to be. The message alone is fit for a person: it names place,
/// field, value and what was expected.
public final class InputException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final @Nullable String field;
    private final String problem;
    private final boolean incomplete;

    /// @param line from 1; 0 if the place is not known
    /// @param column from 1, in characters; 0 if the place is not known
    /// @param field the path of the field, `[2].toNode`; null where it is not about a field
    /// @param problem what is wrong, without place and field; what cannot be seen of it becomes
    ///   U+FFFD
    /// @param incomplete whether more input behind what is there could make it right
    public InputException(
            int line, int column, @Nullable String field, String problem, boolean incomplete) {
        super(
                (line > 0 ? "line " + line + ", column " + column + ": " : "")
                        + (field == null ? "" : Token.visible(field) + ": ")
                        + Token.visible(problem));
        this.line = line;
        this.column = column;
        this.field = field;
        this.problem = Token.visible(problem);
        this.incomplete = incomplete;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }

    public @Nullable String field() {
        return field;
    }

    public String problem() {
        return problem;
    }

    public boolean isIncomplete() {
        return incomplete;
    }
}
