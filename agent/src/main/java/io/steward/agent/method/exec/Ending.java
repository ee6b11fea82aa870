package io.steward.agent.method.exec;

import org.jspecify.annotations.Nullable;

/// How a program ended.
public sealed interface Ending {

    /// It was not started: no such program, not executable, no resources.
    ///
    /// @param reason for a person
    record NotStarted(String reason) implements Ending {}

    /// It exited by itself.
    record Exited(int code) implements Ending {}

    /// A signal that was not ours ended it.
    ///
    /// @param signal its name, `KILL`
    record Signalled(String signal) implements Ending {}

    /// It was ended, with all its process tree.
    ///
    /// @param signal that ended the program; null if it exited when it was asked to
    /// @param survivors processes of the tree that could not be ended in time, 0 but for the likes
    ///   of a hanging file system
    record Ended(Why why, @Nullable String signal, int survivors) implements Ending {}

    /// Why it was ended.
    enum Why {
        TIMED_OUT,
        CANCELLED,
        SHUTDOWN,
        /// The calling thread was interrupted.
        INTERRUPTED
    }
}
