package io.steward.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A promise that did not hold for an input.
public final class Finding extends AssertionError {
    private static final long serialVersionUID = 1L;

    /// The longest message that a person still reads.
    private static final int LONGEST_MESSAGE = 2_000;

    public Finding(String broken) {
        super(broken);
    }

    public Finding(String broken, Throwable cause) {
        super(broken, cause);
    }

    /// @throws Finding if the two are not equal
    public static void unlessSame(String what, @Nullable Object one, @Nullable Object other) {
        if (!Objects.equals(one, other)) {
            throw new Finding("%s: <%s> is not <%s>".formatted(what, one, other));
        }
    }

    /// Bad input is answered with words for a person: some, and not without end.
    ///
    /// @throws Finding if they are not
    public static void unlessReadable(@Nullable String message) {
        if (message == null || message.isBlank()) {
            throw new Finding("an error without a message");
        }
        if (message.length() > LONGEST_MESSAGE) {
            throw new Finding("an error of %d characters".formatted(message.length()));
        }
        message.chars()
                .filter(c -> c < 0x20 && c != '\n')
                .findAny()
                .ifPresent(c -> {
                    throw new Finding("U+%04X in an error: %s".formatted(c, message));
                });
    }
}
