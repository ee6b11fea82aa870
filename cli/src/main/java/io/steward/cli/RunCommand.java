package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        description = {
            "Shows, watches and changes runs: sends to many nodes, which an agent drives whether or"
                    + " not somebody watches. send-command and send-event begin them.",
            "",
            "  steward run list",
            "  steward run watch 01M7X7X52M57NDPDAT9498W8QD",
            "  steward run again 01M7X7X52M57NDPDAT9498W8QD --failed --missing"
        },
        subcommands = {
            RunCommand.ListRuns.class,
            RunCommand.Show.class,
            RunCommand.Watch.class,
            RunCommand.Pause.class,
            RunCommand.Resume.class,
            RunCommand.Abort.class,
            RunCommand.Again.class
        })
final class RunCommand implements Callable<Integer> {
    private final Shell shell;

    RunCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do with a run is missing: expected list, status, watch, pause, resume, abort or again; see \"%s run --help\""
                        .formatted(shell.self()));
    }

    /// What the commands for one run have in common.
    abstract static class OfRun extends OfOne {
        @Parameters(paramLabel = "ID", description = "The run, as run list shows it.")
        String id = "";

        OfRun(Shell shell) {
            super(shell);
        }

        @Override
        final String path() {
            return "/v1/runs/" + AgentClient.encode(id);
        }

        @Override
        final void say(JsonNode run) {
            shell.say(line(run));
        }
    }

    @Command(name = "list", description = "The newest runs.")
    static final class ListRuns implements Callable<Integer> {
        private static final int MOST = 1_000;

        private final Shell shell;
        @Mixin Common common = new Common();

        @Option(
                names = {"-n", "--limit"},
                paramLabel = "N",
                description = "How many at most, 1 to 1000 (20).")
        int limit = 20;

        ListRuns(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            Ranges.require("--limit", limit, 1, MOST);
            JsonNode runs = common.agent(shell).get("/v1/runs?limit=" + limit);
            if (Documents.print(shell, common.format, runs, "runs")) {
                return Exit.OK;
            }
            Table table = new Table("run", "begun", "phase", "targets", "what");
            for (JsonNode run : runs.path("runs")) {
                table.row(
                        run.path("id").asText(),
                        Times.near(run.path("created").asText()),
                        phase(run),
                        run.path("target").asText() + ": " + counts(run),
                        Lines.shortened(
                                run.path("message").path("method").asText()
                                        + " "
                                        + Lines.data(run.path("message"))));
            }
            table.print(shell);
            return Exit.OK;
        }
    }

    @Command(
            name = "status",
            description =
                    "How a run is now, with what became of every target. The exit code is as after"
                            + " sending.")
    static final class Show extends OfRun {
        Show(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            AgentClient agent = agent();
            Runs runs = new Runs(shell, agent, common.format);
            JsonNode run = runs.show(id, Duration.ZERO);
            if (common.format == Format.TABLE) {
                head(shell, run);
            }
            return runs.report(run);
        }
    }

    @Command(
            name = "watch",
            description = "Waits until all that are up have ended, and prints what became of them.")
    static final class Watch extends OfRun {
        @Option(
                names = "--wait",
                paramLabel = "TIME",
                description = "At most so long; the run goes on.")
        String wait = "";

        Watch(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            @Nullable Duration most = null;
            if (!wait.isEmpty()) {
                try {
                    most = Durations.parse(wait);
                } catch (IllegalArgumentException e) {
                    throw new CliException(Exit.USAGE, "--wait: " + e.getMessage(), e);
                }
            }
            return new Runs(shell, agent(), common.format).finish(id, most);
        }
    }

    @Command(name = "pause", description = "Sends no more until it is resumed.")
    static final class Pause extends OfRun {
        Pause(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return change("pause");
        }
    }

    @Command(name = "resume", description = "Goes on with a run that was paused.")
    static final class Resume extends OfRun {
        Resume(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return change("resume");
        }
    }

    @Command(name = "abort", description = "Sends no more; what was sent goes on.")
    static final class Abort extends OfRun {
        @Option(names = "--cancel", description = "Cancel what was sent and has not ended.")
        boolean cancel;

        Abort(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return change(cancel ? "abort?cancel=true" : "abort");
        }
    }

    @Command(
            name = "again",
            description = "Sends some targets of a run theirs once more, as another run.")
    static final class Again extends OfRun {
        @Mixin PlanOptions plan = new PlanOptions();

        @Option(names = "--failed", description = "Those that failed.")
        boolean failed;

        @Option(
                names = "--missing",
                description = "Those that were not run: not sent, left out, expired, cancelled.")
        boolean missing;

        @Option(names = "--detach", description = "Print the id and leave; do not wait.")
        boolean detach;

        Again(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            if (!failed && !missing) {
                throw new CliException(
                        Exit.USAGE, "which targets is missing: give --failed, --missing or both");
            }
            AgentClient agent = agent();
            ObjectNode body = Json.object().put("failed", failed).put("missing", missing);
            if (!plan.isEmpty()) {
                body.set("plan", plan.json());
            }
            String again =
                    agent.post(path() + "/again", body, Duration.ofSeconds(30)).path("id").asText();
            if (detach) {
                return Runs.detached(shell, common, again);
            }
            return new Runs(shell, agent, common.format).finish(again, null);
        }
    }

    private static void head(Shell shell, JsonNode run) {
        shell.say("%s  %s".formatted(run.path("id").asText(), phase(run)));
        shell.say(
                "  what     %s %s"
                        .formatted(
                                run.path("message").path("method").asText(),
                                Lines.data(run.path("message"))));
        shell.say("  target   " + run.path("target").asText());
        if (!run.path("plan").isEmpty()) {
            shell.say("  plan     " + run.path("plan"));
        }
        shell.say("  begun    " + Times.since(run.path("created").asText()));
        if (run.hasNonNull("again")) {
            shell.say("  again    of " + run.path("again").asText());
        }
        if (run.hasNonNull("waits")) {
            shell.say("  waits    " + run.path("waits").asText());
        }
    }

    private static String line(JsonNode run) {
        return "%s  %s: %s".formatted(run.path("id").asText(), phase(run), counts(run));
    }

    private static String phase(JsonNode run) {
        String phase = run.path("phase").asText();
        return phase.equals("sent") ? run.hasNonNull("ended") ? "done" : "all sent" : phase;
    }

    private static String counts(JsonNode run) {
        StringBuilder text = new StringBuilder();
        run.path("counts")
                .properties()
                .forEach(count -> {
                    if (count.getValue().asInt() > 0) {
                        text.append(text.isEmpty() ? "" : ", ")
                                .append(count.getValue().asInt())
                                .append(' ')
                                .append(
                                        count.getKey().equals("leftOut")
                                                ? "left out"
                                                : count.getKey().equals("unsent")
                                                        ? "not sent"
                                                        : count.getKey());
                    }
                });
        return text.toString();
    }
}
