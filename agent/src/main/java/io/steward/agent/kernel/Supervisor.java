package io.steward.agent.kernel;

import java.util.Optional;

/// A node of the tree that has children and decides when one fails. Thread-safe.
public interface Supervisor {

    String path();

    /// A supervisor below this one.
    ///
    /// @throws IllegalStateException if a child has that name, or this one was removed, or the
    ///   kernel is closing. Below one that is stopped or waits for its restart, it starts with that
    Supervisor supervisor(SupervisorSpec spec);

    /// Starts a process.
    ///
    /// @throws IllegalStateException if a child has that name, or this one was removed, or the
    ///   kernel is closing. Below one that is stopped or waits for its restart, it starts with that
    <M> ProcessRef<M> spawn(ProcessSpec<M> spec);

    /// The process of that name, or a new one: for processes that are made when first needed. A
    /// process that was stopped by an operator or has failed for good is returned as it is, and
    /// takes messages into its mailbox as long as there is room. It is restarted with its
    /// supervisor like others. Those that were obtained do not depend on each other: they are
    /// stopped at the same time, not one after the other.
    ///
    /// @throws IllegalStateException if a supervisor has that name, this one was removed, or the
    ///   kernel is closing
    <M> ProcessRef<M> obtain(ProcessSpec<M> spec);

    /// Ends the child of that name, and removes it from the tree. Returns when it has ended. What
    /// is in its mailbox is dropped, and reported as a warning.
    void remove(String name);

    Optional<ProcessInfo> child(String name);
}
