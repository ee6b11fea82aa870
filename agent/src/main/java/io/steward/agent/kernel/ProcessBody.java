package io.steward.agent.kernel;

/// The work of a process. Runs on a virtual thread of its own; returning ends the process, throwing
/// is a failure.
///
/// @param <M> what its mailbox takes
public interface ProcessBody<M> {
    void run(ProcessContext<M> context) throws Exception;
}
