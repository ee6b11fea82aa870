package io.steward.agent.kernel;

/// Thrown by a process body that was told [Directive#RESTART]: it ends, and a new body takes its
/// place. Not a failure of its own: the report it follows has been counted already.
public final class RestartRequested extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RestartRequested(String message) {
        super(message);
    }
}
