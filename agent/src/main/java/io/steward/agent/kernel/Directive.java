package io.steward.agent.kernel;

/// What the kernel tells a process to do about an error.
public enum Directive {
    /// Drop this one and go on.
    CONTINUE,
    /// Try this one again after the backoff.
    RETRY,
    /// End; a new body takes the place.
    RESTART,
    /// End, and stay ended until an operator starts it.
    STOP;

    /// Warnings continue, errors are tried again, and what is fatal restarts.
    public static Directive byDefault(ErrorReport report) {
        return switch (report.severity()) {
            case WARNING -> CONTINUE;
            case ERROR -> RETRY;
            case FATAL -> RESTART;
        };
    }
}
