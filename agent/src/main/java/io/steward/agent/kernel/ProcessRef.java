package io.steward.agent.kernel;

/// A handle on a process. Stays valid across restarts. Thread-safe.
public interface ProcessRef<M> {
    String path();

    /// Puts a message into the mailbox, waiting while it is full.
    ///
    /// @return false if the process has ended for good (retired, removed, kernel closed), so that
    ///   nobody will take it; the message is then not in the mailbox. A message that was taken in
    ///   is handed to the body before it is retired
    boolean send(M message) throws InterruptedException;

    /// As [#send], but never waits.
    ///
    /// @return false also if the mailbox is full
    boolean offer(M message);

    ProcessInfo info();
}
