package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "node",
        description = {
            "Shows one node, and says that somebody works at it: then it is meant only where its"
                    + " name is written out.",
            "",
            "  steward node show ship1",
            "  steward node maintenance ship1 --for 2h --reason \"new disk\"",
            "  steward node resume ship1"
        },
        subcommands = {
            NodeCommand.Show.class,
            NodeCommand.Maintenance.class,
            NodeCommand.Resume.class
        })
final class NodeCommand implements Callable<Integer> {
    private final Shell shell;

    NodeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected show, maintenance or resume; see \"%s node --help\""
                        .formatted(shell.self()));
    }

    /// What the commands for one node have in common.
    abstract static class OfNode implements Callable<Integer> {
        final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "NODE", description = "Its name.")
        String node = "";

        OfNode(Shell shell) {
            this.shell = shell;
        }

        final AgentClient agent() {
            return common.agent(shell);
        }

        final String path() {
            return "/v1/nodes/" + AgentClient.encode(node);
        }
    }

    @Command(name = "show", description = "What is known of a node.")
    static final class Show extends OfNode {
        Show(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            JsonNode json = agent().get(path(), Duration.ofSeconds(30)).json();
            if (!Documents.print(shell, common.format, json)) {
                print(shell, json);
            }
            return Exit.OK;
        }
    }

    @Command(
            name = "maintenance",
            description =
                    "Somebody works at it: it is meant only where its name is written out or its"
                            + " state is asked for.")
    static final class Maintenance extends OfNode {
        @Option(
                names = "--for",
                paramLabel = "TIME",
                converter = DurationConverter.class,
                description =
                        "It is over after this time by itself: 2h. Without it, when it is resumed.")
        @Nullable Duration length;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
        String reason = "";

        Maintenance(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object().put("reason", reason);
            if (length != null) {
                Ranges.atLeast("--for", length, Duration.ofMillis(1));
                body.put("for", Durations.format(length));
            }
            JsonNode answer = agent().post(path() + "/maintenance", body, Duration.ofSeconds(10));
            if (!Documents.print(shell, common.format, answer)) {
                shell.say(
                        "%s is in maintenance%s"
                                .formatted(
                                        node,
                                        length == null
                                                ? ", until \"%s node resume %s\""
                                                        .formatted(shell.self(), node)
                                                : " for " + Durations.format(length)));
            }
            return Exit.OK;
        }
    }

    @Command(name = "resume", description = "Nobody works at it any more.")
    static final class Resume extends OfNode {
        Resume(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            JsonNode answer = agent().delete(path() + "/maintenance").json();
            if (!Documents.print(shell, common.format, answer)) {
                shell.say(node + " is not in maintenance");
            }
            return Exit.OK;
        }
    }

    /// All of it, for people.
    static void print(Shell shell, JsonNode json) {
        shell.say("%s  %s".formatted(json.path("node").asText(), Nodes.state(json)));
        line(shell, "since", Times.since(json.path("since").asText()));
        line(shell, "last sign", Times.since(json.path("lastSign").asText()));
        line(shell, "started", Times.since(json.path("startedAt").asText()));
        line(shell, "cloud", json.path("cloud").asText());
        List<String> tags = new ArrayList<>();
        json.path("tags").forEach(tag -> tags.add(tag.asText()));
        line(shell, "tags", String.join(" ", tags));
        line(
                shell,
                "agent",
                "version %s, host %s, pid %s, data folder %s"
                        .formatted(
                                json.path("version").asText(),
                                json.path("host").asText(),
                                json.path("pid").asText(),
                                json.path("data").asText()));
        JsonNode maintenance = json.path("maintenance");
        if (maintenance.isObject()) {
            line(
                    shell,
                    "at work",
                    "%s, said by %s%s"
                            .formatted(
                                    maintenance.path("reason").asText().isEmpty()
                                            ? "no reason given"
                                            : maintenance.path("reason").asText(),
                                    maintenance.path("by").asText(),
                                    maintenance.hasNonNull("until")
                                            ? ", until "
                                                    + Times.near(maintenance.path("until").asText())
                                            : ""));
        }
        JsonNode rival = json.path("rival");
        if (rival.isObject()) {
            line(
                    shell,
                    "rival",
                    "another agent wants the name: host %s, pid %s, data folder %s"
                            .formatted(
                                    rival.path("host").asText(),
                                    rival.path("pid").asText(),
                                    rival.path("data").asText()));
        }
        if (!json.path("facts").isEmpty()) {
            Table table = new Table("    fact", "value");
            json.path("facts")
                    .properties()
                    .forEach(fact -> table.row("    " + fact.getKey(), fact.getValue().asText()));
            table.print(shell);
        }
    }

    private static void line(Shell shell, String name, String text) {
        if (!text.isEmpty()) {
            shell.say("  %-10s %s".formatted(name, text));
        }
    }
}
