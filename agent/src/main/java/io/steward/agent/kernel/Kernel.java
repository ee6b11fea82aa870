package io.steward.agent.kernel;

import java.util.List;
import java.util.Optional;

/// The error kernel: the tree of supervisors and processes, and the one place that decides what
/// becomes of an error. Thread-safe.
public interface Kernel extends AutoCloseable {

    Supervisor root();

    /// The tree, parents before their children, children in the order of their start.
    List<ProcessInfo> tree();

    /// @param path as in [ProcessInfo#path], or a bare name where only one has it
    Optional<ProcessInfo> find(String path);

    /// Starts a process that was stopped or has failed for good, or a supervisor with all below it.
    /// Does not wait until it runs. Below a supervisor that does not run it starts with that.
    ///
    /// @return what it was before; empty if there is no such process
    Optional<ProcessInfo> start(String path);

    /// Stops a process (or a supervisor with all below it), and keeps it in the tree as stopped.
    /// Returns when it has ended.
    ///
    /// @return what it was before; empty if there is no such process
    Optional<ProcessInfo> stop(String path);

    /// Ends the process and starts a new body. Returns when the new one runs, or has failed
    /// already. Counts against no restart intensity.
    ///
    /// @return what it was before; empty if there is no such process
    Optional<ProcessInfo> restart(String path);

    /// The last 1,000 error reports, oldest first; equal ones that repeat are folded into one with
    /// a count.
    List<ErrorReport> errors();

    /// Stops everything in reverse order of start, each with its own time to finish; returns when
    /// all threads have ended.
    @Override
    void close();
}
