package io.steward.agent.kernel;

import java.time.Instant;

/// One error of one process, or the same one repeated.
///
/// @param process its path
/// @param doing what it was doing
/// @param cause class and message of the throwable and of its causes, on one line
/// @param first when it was reported
/// @param last when it was reported last; `first` if only once
/// @param count how often
public record ErrorReport(
        String process,
        Severity severity,
        String doing,
        String cause,
        Instant first,
        Instant last,
        long count) {
    /// What a supervisor is doing.
    static final String SUPERVISING = "supervising";

    /// Whether a supervisor reports that it gives up.
    boolean isOfSupervisor() {
        return severity == Severity.FATAL && doing.equals(SUPERVISING);
    }
}
