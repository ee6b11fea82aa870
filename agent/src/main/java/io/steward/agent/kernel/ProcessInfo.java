package io.steward.agent.kernel;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A line of `steward ps`.
///
/// @param path names from the root, separated by `/`
/// @param kind `supervisor` or `process`
/// @param since when it came into that state
/// @param handled messages handled in its life, across restarts
/// @param lastError null if it never had one
/// @param mailbox how many messages wait in its mailbox; 0 for a supervisor
public record ProcessInfo(
        String path,
        Kind kind,
        Status status,
        Instant since,
        long handled,
        long restarts,
        @Nullable ErrorReport lastError,
        int mailbox) {

    /// Supervisors have children; processes have a body.
    public enum Kind {
        SUPERVISOR,
        PROCESS
    }

    /// Where it is in its life.
    public enum Status {
        STARTING,
        RUNNING,
        /// It failed, and waits for its restart.
        BACKING_OFF,
        STOPPING,
        /// Stopped by an operator or by the directive; can be started.
        STOPPED,
        /// It failed more often than is borne, or is not to be restarted.
        FAILED
    }
}
