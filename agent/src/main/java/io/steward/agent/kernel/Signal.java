package io.steward.agent.kernel;

import com.softwaremill.jox.Channel;

/// What comes over the directive channel of a process.
sealed interface Signal {

    /// It has been told to end: the reason stands in the incarnation.
    record Ended() implements Signal {}

    /// The kernel's answer to an error report.
    ///
    /// @param question the number of the report
    record Answer(long question, Directive directive) implements Signal {}

    /// A wait is over.
    ///
    /// @param number which wait; one that is not waited for any more is ignored
    record TimeOver(long number) implements Signal {}

    /// It is time to look whether the process has been idle for long enough to be retired.
    record IdleCheck() implements Signal {}

    /// Puts a value into an unlimited channel, which never waits.
    static <T> void put(Channel<T> channel, T value) {
        try {
            channel.send(value);
        } catch (InterruptedException e) {
            throw new IllegalStateException(
                    "An unlimited channel has waited while sending, which it never does", e);
        }
    }
}
