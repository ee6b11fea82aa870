package io.steward.agent.method;

import io.steward.agent.method.Outcome.Printed;
import io.steward.agent.method.exec.CommandEnvironment;
import io.steward.agent.method.exec.Ending;
import io.steward.agent.method.exec.Privileges;
import io.steward.agent.method.exec.Privileges.Prepared;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.method.exec.Request;
import io.steward.agent.method.exec.Result;
import io.steward.agent.method.exec.Spool;
import io.steward.agent.secrets.SecretException;
import io.steward.agent.secrets.SecretStore;
import io.steward.agent.secrets.SecretStore.Resolved;
import io.steward.agent.settings.Settings.RunSettings;
import io.steward.messages.Durations;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/// Runs a program of the operating system.
public final class ShellCommand implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "shellcommand",
                    MessageType.COMMAND,
                    "operatingsystem",
                    "Runs a program; no shell, unless the program is one",
                    "PROGRAM [ARGUMENT]...",
                    1,
                    Integer.MAX_VALUE,
                    false,
                    1,
                    null);

    /// An interrupt this long before the time is up means that it is up, by another clock.
    private static final Duration TIME_IS_UP = Duration.ofSeconds(1);

    private final ProcessRunner runner;
    private final RunSettings settings;
    private final CommandEnvironment environment;
    private final Path workingFolder;
    private final SecretStore secrets;

    /// @param agentEnvironment the agent's, of which commands get little
    /// @param secrets those of this node, for `secret://NAME` in arguments
    public ShellCommand(
            ProcessRunner runner,
            RunSettings settings,
            Map<String, String> agentEnvironment,
            SecretStore secrets) {
        this.secrets = secrets;
        this.runner = runner;
        this.settings = settings;
        this.environment = new CommandEnvironment(agentEnvironment, settings.environment());
        this.workingFolder =
                Objects.requireNonNullElse(settings.workingFolder(), Path.of("")).toAbsolutePath();
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) {
        try {
            return run(message, secrets.resolve(message.data()), context);
        } catch (SecretException e) {
            return Outcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome run(Message message, Resolved command, MethodContext context) {
        Prepared prepared =
                Privileges.prepare(
                        context.runAs(),
                        new Request(
                                message.id(),
                                command.data(),
                                workingFolder,
                                environment.of(
                                        message.id(),
                                        message.from(),
                                        context.node(),
                                        context.attempt()),
                                context.timeout(),
                                settings.killGrace(),
                                settings.outputCap(),
                                new Spool(context.dataFolder()),
                                message.follow(),
                                command.mask()),
                        settings.workingFolder() == null);
        return switch (prepared) {
            case Prepared.Impossible(String reason) -> Outcome.failed(command.mask().text(reason));
            case Prepared.Ready(Request request) -> run(request, context);
        };
    }

    private Outcome run(Request request, MethodContext context) {
        Result result = runner.run(request, context.cancellation());
        Printed printed = new Printed(result.stdout(), result.stderr(), result.truncated());
        return switch (result.ending()) {
            case Ending.NotStarted notStarted ->
                    new Outcome.Failed(
                            request.mask().text(notStarted.reason()), null, null, printed);
            case Ending.Exited(int code) ->
                    code == 0
                            ? new Outcome.Succeeded(0, printed)
                            : new Outcome.Failed("exit code " + code, code, null, printed);
            case Ending.Signalled(String signal) ->
                    new Outcome.Failed("ended by signal " + signal, null, signal, printed);
            case Ending.Ended ended -> outcome(ended, result, printed, context.timeout());
        };
    }

    private static Outcome outcome(
            Ending.Ended ended, Result result, Printed printed, Duration timeout) {
        String tree =
                ended.survivors() == 0
                        ? "its process tree was ended"
                        : ended.survivors() + " of its processes could not be ended";
        return switch (ended.why()) {
            case TIMED_OUT -> timedOut(timeout, tree, ended, printed);
            case CANCELLED ->
                    new Outcome.Cancelled(
                            "cancelled while it ran, " + tree, ended.signal(), printed);
            case SHUTDOWN ->
                    new Outcome.Interrupted(
                            "the agent was stopped while it ran, " + tree, ended.signal(), printed);
            case INTERRUPTED ->
                    result.took().plus(TIME_IS_UP).compareTo(timeout) >= 0
                            ? timedOut(timeout, tree, ended, printed)
                            : new Outcome.Interrupted(
                                    "interrupted while it ran, " + tree, ended.signal(), printed);
        };
    }

    private static Outcome timedOut(
            Duration timeout, String tree, Ending.Ended ended, Printed printed) {
        return new Outcome.Failed(
                "timed out after %s, %s".formatted(Durations.format(timeout), tree),
                null,
                ended.signal(),
                printed);
    }
}
