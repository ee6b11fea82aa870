package io.steward.agent.method.exec;

import io.steward.agent.secrets.Mask;
import io.steward.messages.MessageId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program to run.
///
/// @param id of the message; the environment carries it as [CommandEnvironment#MESSAGE_ID]
/// @param command the program, then its arguments, which reach it as they are
/// @param workingFolder where it runs, and where a relative program path starts
/// @param environment all of it; `PATH` in it is where a program without a slash is looked for
/// @param timeout how long it may run
/// @param killGrace between TERM and KILL
/// @param outputCap how many bytes of stdout and of stderr are kept; the rest is read and dropped
/// @param spool where the output so far is kept while it runs; null for nowhere
/// @param live whether it is kept there from the start, because somebody watches
/// @param mask hides the secrets of the command in what it prints
public record Request(
        MessageId id,
        List<String> command,
        Path workingFolder,
        Map<String, String> environment,
        Duration timeout,
        Duration killGrace,
        int outputCap,
        @Nullable Spool spool,
        boolean live,
        Mask mask) {
    private static final Duration SPOOL_AFTER = Duration.ofSeconds(1);

    public Request {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        workingFolder = workingFolder.toAbsolutePath();
    }

    /// A program whose command holds no secret.
    public Request(
            MessageId id,
            List<String> command,
            Path workingFolder,
            Map<String, String> environment,
            Duration timeout,
            Duration killGrace,
            int outputCap,
            @Nullable Spool spool,
            boolean live) {
        this(
                id,
                command,
                workingFolder,
                environment,
                timeout,
                killGrace,
                outputCap,
                spool,
                live,
                Mask.NONE);
    }

    /// A program that nobody watches.
    public Request(
            MessageId id,
            List<String> command,
            Path workingFolder,
            Map<String, String> environment,
            Duration timeout,
            Duration killGrace,
            int outputCap,
            @Nullable Spool spool) {
        this(id, command, workingFolder, environment, timeout, killGrace, outputCap, spool, false);
    }

    /// The same with another command, folder and environment.
    Request with(List<String> other, Path folder, Map<String, String> variables) {
        return new Request(
                id, other, folder, variables, timeout, killGrace, outputCap, spool, live, mask);
    }

    /// The command may hold secrets, and is left out.
    @Override
    public String toString() {
        return "Request[%s]".formatted(id);
    }

    /// When what it has printed begins to be kept, in nanoseconds after its start.
    long spoolAfter() {
        return live ? 0 : SPOOL_AFTER.toNanos();
    }
}
