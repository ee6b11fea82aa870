package io.steward.agent.method.exec;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.time.Duration;

/// Runs programs. Thread-safe; hundreds of commands may run at once. Made for virtual threads: the
/// caller waits without holding its carrier.
public interface ProcessRunner extends AutoCloseable {

    /// How long the end of the output is waited for after the program itself has ended; something
    /// it left running may hold it open for ever.
    Duration OUTPUT_AFTER_EXIT = Duration.ofSeconds(2);

    /// Runs a program to its end and returns how it ended; what cannot be started is an
    /// [Ending.NotStarted], not an exception. Stdin is `/dev/null`.
    ///
    /// At the timeout, a cancellation or an interrupt of the calling thread the whole process tree
    /// is ended: TERM, the grace time, KILL; that takes no longer than the grace time and
    /// [ProcessTree#KILL_LIMIT]. What a program leaves running when it ends by itself (a daemon) is
    /// left alone.
    ///
    /// Interrupted, it ends the tree, sets the interrupt again and returns
    /// [Ending.Why#INTERRUPTED], so that the output so far is not lost.
    Result run(Request request, Cancellation cancellation);

    /// Ends whatever still carries that id: the command of a message that ran when the agent was
    /// killed. Blocks until it is gone, or will not go.
    ///
    /// @param grace between TERM and KILL
    Swept killLeftovers(MessageId id, Duration grace);

    /// What became of leftovers.
    ///
    /// @param survivors how many of those that were seen still live
    record Swept(int ended, int survivors) {}

    /// Ends the runner's threads. Commands that still run are ended first: KILL, no grace.
    @Override
    void close();

    /// The fastest one that works on this system.
    static ProcessRunner forThisSystem() {
        return Libc.load().<ProcessRunner>map(SpawnRunner::new).orElseGet(BuilderRunner::new);
    }
}
