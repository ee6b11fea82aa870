package io.steward.cli;

import org.jspecify.annotations.Nullable;

/// Ends the command. The message says what went wrong, with the value; the lines below it what to
/// do next.
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    CliException(int exit, String message) {
        this(exit, message, null);
    }

    CliException(int exit, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    int exit() {
        return exit;
    }
}
