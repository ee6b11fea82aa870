package io.steward.agent.kernel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a process body has of the kernel. Used by the process's own thread, except where noted.
public interface ProcessContext<M> {

    String path();

    /// This process, as others see it: for what is to wake it. Any thread.
    ProcessRef<M> self();

    /// Waits for the next message. A directive to stop or restart comes before what is in the
    /// mailbox.
    Received<M> receive() throws InterruptedException;

    /// As [#receive()], but returns [Received.TimedOut] when nothing came within `wait`. Does not
    /// retire the process.
    Received<M> receive(Duration wait) throws InterruptedException;

    /// The next message if one is there already; null if not. Does not look at directives.
    @Nullable M poll();

    /// What [#receive()] brings.
    sealed interface Received<M> {
        record Item<M>(M message) implements Received<M> {}

        /// The process is to end: clean up, and return from [ProcessBody#run].
        record Stop<M>() implements Received<M> {}

        record TimedOut<M>() implements Received<M> {}
    }

    /// Sends an error report on the error channel and waits, at most 5 s, for the directive. When
    /// none came in time, it is [Directive#RESTART]. The caller carries it out: it goes on, tries
    /// again after a [#pause] by a [Backoff] of its own, throws [RestartRequested] or returns.
    ///
    /// After [Directive#STOP] or [Directive#RESTART], [#receive()] brings nothing but
    /// [Received.Stop], and the body has the grace of its spec to end.
    ///
    /// @param doing what it was doing, for a person: `publishing 01J...`
    Directive report(Severity severity, String doing, Throwable cause) throws InterruptedException;

    /// Sends an error report without waiting for a directive. Any thread.
    void tell(Severity severity, String doing, Throwable cause);

    /// Counts handled messages, for [ProcessInfo#handled]. Any thread.
    void handled(int count);

    /// Whether the process has been told to stop. Any thread.
    boolean isStopping();

    /// Sleeps, but wakes when the process is told to stop.
    ///
    /// @return false if it was told to stop
    boolean pause(Duration time) throws InterruptedException;
}
