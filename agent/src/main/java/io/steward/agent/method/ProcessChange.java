package io.steward.agent.method;

import io.steward.agent.kernel.Kernel;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.util.Optional;

/// Starts, stops or restarts a process of the agent, or a supervisor with all below it.
public final class ProcessChange implements Method {
    private final Kernel kernel;
    private final Change change;
    private final MethodSpec spec;

    private enum Change {
        START,
        STOP,
        RESTART
    }

    private ProcessChange(Kernel kernel, Change change, String name, String summary) {
        this.kernel = kernel;
        this.change = change;
        this.spec =
                new MethodSpec(
                        name,
                        MessageType.COMMAND,
                        "kernel",
                        summary,
                        "PATH",
                        1,
                        1,
                        change != Change.RESTART,
                        1,
                        null);
    }

    /// The method `processstart`.
    public static Method start(Kernel kernel) {
        return new ProcessChange(
                kernel,
                Change.START,
                "processstart",
                "Starts a process of the agent that was stopped or has failed");
    }

    /// The method `processstop`.
    public static Method stop(Kernel kernel) {
        return new ProcessChange(
                kernel,
                Change.STOP,
                "processstop",
                "Stops a process of the agent until it is started");
    }

    /// The method `processrestart`.
    public static Method restart(Kernel kernel) {
        return new ProcessChange(
                kernel,
                Change.RESTART,
                "processrestart",
                "Ends a process of the agent and starts it");
    }

    @Override
    public MethodSpec spec() {
        return spec;
    }

    @Override
    public Outcome run(Message message, MethodContext context) {
        String path = message.data().getFirst();
        Optional<ProcessInfo> found = kernel.find(path);
        if (found.isEmpty()) {
            return unknown(path);
        }
        String full = found.get().path();
        if (change != Change.START && runsIn(full, message)) {
            return new Outcome.Refused(
                    "data: \"%s\" runs this very command, and would wait for its own end; use `steward process` on the node"
                            .formatted(full));
        }
        Optional<ProcessInfo> before =
                switch (change) {
                    case START -> kernel.start(full);
                    case STOP -> kernel.stop(full);
                    case RESTART -> kernel.restart(full);
                };
        return before.isEmpty() ? unknown(path) : changed(full, before.get());
    }

    private Outcome changed(String path, ProcessInfo before) {
        String now = kernel.find(path).map(ProcessList::status).orElse("gone");
        return Outcome.succeeded(
                "%s was %s, is %s\n".formatted(path, ProcessList.status(before), now));
    }

    private static Outcome unknown(String path) {
        return new Outcome.Refused(
                "data: no process \"%s\", or more than one of that name; processlist shows the paths"
                        .formatted(path));
    }

    /// Whether the process that runs `message` is the one at `path` or below it; it carries the
    /// subject in its name.
    private boolean runsIn(String path, Message message) {
        String subject = message.subject().toString();
        return kernel.tree().stream()
                .map(ProcessInfo::path)
                .filter(own -> own.endsWith(subject))
                .anyMatch(own -> own.equals(path) || own.startsWith(path + "/"));
    }
}
