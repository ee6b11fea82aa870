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

    /// When a process is started again after it ended.
    public enum RestartPolicy {
        /// Always.
        PERMANENT,
        /// When it failed.
        TRANSIENT,
        /// Never.
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
}
