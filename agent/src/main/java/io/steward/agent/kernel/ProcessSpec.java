package io.steward.agent.kernel;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a process is made from.
///
/// @param name unique among its siblings; may hold dots, as subjects do
/// @param body makes the body; called again for each restart, so that no state survives in memory
/// @param mailbox how many messages its mailbox holds
/// @param idle after this long without a message and with an empty mailbox it is retired: ended and
///   removed; null for never
/// @param grace how long it may take to end when told to stop; then its thread is interrupted
/// @param onError the directive for a report of this process
public record ProcessSpec<M>(
        String name,
        Supplier<ProcessBody<M>> body,
        RestartPolicy restart,
        int mailbox,
        @Nullable Duration idle,
        Duration grace,
        Function<ErrorReport, Directive> onError) {

    public ProcessSpec {
        SupervisorSpec.checkName(name);
        if (mailbox < 1) {
            throw new IllegalArgumentException(
                    "The mailbox of %s must hold at least 1 message, not %d"
                            .formatted(name, mailbox));
        }
        if (idle != null && !idle.isPositive()) {
            throw new IllegalArgumentException(
                    "The idle time of %s must be more than 0, not %s; null for never"
                            .formatted(name, idle));
        }
        if (grace.isNegative()) {
            throw new IllegalArgumentException(
                    "The grace of %s must be 0 or more, not %s".formatted(name, grace));
        }
    }

    /// When a process is started again after it ended.
    public enum RestartPolicy {
        /// Always.
        PERMANENT,
        /// When it failed.
        TRANSIENT,
        /// When it failed. When it has returned its work is done, and it leaves the tree, unless
        /// messages wait in its mailbox.
        UNTIL_DONE,
        /// Never. When it has returned it leaves the tree, unless messages wait in its mailbox;
        /// when it has failed it stays there as failed, the last 100 of them.
        TEMPORARY
    }

    /// A permanent process with a mailbox of 1,024, never retired, 5 s to stop,
    /// [Directive#byDefault] on errors.
    public static <M> ProcessSpec<M> permanent(String name, Supplier<ProcessBody<M>> body) {
        return new ProcessSpec<>(
                name,
                body,
                RestartPolicy.PERMANENT,
                1024,
                null,
                Duration.ofSeconds(5),
                Directive::byDefault);
    }

    /// A process without a mailbox of its own to speak of, for one piece of work; else as
    /// [#permanent].
    public static ProcessSpec<Void> untilDone(String name, Supplier<ProcessBody<Void>> body) {
        return permanent(name, body).withRestart(RestartPolicy.UNTIL_DONE).withMailbox(1);
    }

    public ProcessSpec<M> withMailbox(int capacity) {
        return new ProcessSpec<>(name, body, restart, capacity, idle, grace, onError);
    }

    public ProcessSpec<M> withIdle(Duration time) {
        return new ProcessSpec<>(name, body, restart, mailbox, time, grace, onError);
    }

    public ProcessSpec<M> withGrace(Duration time) {
        return new ProcessSpec<>(name, body, restart, mailbox, idle, time, onError);
    }

    public ProcessSpec<M> withRestart(RestartPolicy policy) {
        return new ProcessSpec<>(name, body, policy, mailbox, idle, grace, onError);
    }

    /// The same with another decision on its error reports. It runs on the supervisor's thread: it
    /// is quick. When it throws, [Directive#byDefault] decides.
    public ProcessSpec<M> withOnError(Function<ErrorReport, Directive> decision) {
        return new ProcessSpec<>(name, body, restart, mailbox, idle, grace, decision);
    }
}
