package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "errors",
        description =
                "Shows what went wrong in this agent, what other nodes reported to it, and what"
                        + " came and could not be read (dead letters).")
final class Errors implements Callable<Integer> {
    private static final int MOST = 1_000;

    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many of each at most, 1 to 1000 (50).")
    int lines = 50;

    Errors(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Ranges.require("--lines", lines, 1, MOST);
        AgentClient agent = common.agent(shell);
        JsonNode errors = agent.get("/v1/errors?limit=" + lines);
        JsonNode letters = agent.get("/v1/dead-letters?limit=" + lines).path("deadLetters");
        if (errors instanceof ObjectNode all) {
            all.set("deadLetters", letters);
        }
        if (Documents.print(shell, common.format, errors, lines(errors))) {
            return Exit.OK;
        }
        errors.path("here").forEach(error -> say("here", error));
        String self = agent.get("/v1/status").path("node").asText();
        for (JsonNode line : errors.path("nodes")) {
            String node = line.path("node").asText("?");
            if (!node.equals(self)) { // its own stand above
                say(node, line.path("report").isObject() ? line.path("report") : line);
            }
        }
        for (JsonNode letter : letters) {
            shell.say(
                    "%s  dead letter on %s: %s"
                            .formatted(
                                    Times.near(letter.path("at").asText()),
                                    letter.path("subject").asText(),
                                    letter.path("reason").asText()));
        }
        if (errors.path("here").isEmpty() && errors.path("nodes").isEmpty() && letters.isEmpty()) {
            shell.err().println("no errors");
        }
        return Exit.OK;
    }

    /// Each with the list that it is in.
    private static List<JsonNode> lines(JsonNode errors) {
        List<JsonNode> lines = new ArrayList<>();
        for (String list : List.of("here", "nodes", "deadLetters")) {
            for (JsonNode each : errors.path(list)) {
                ObjectNode line = Json.object().put("list", list);
                each.properties().forEach(field -> line.set(field.getKey(), field.getValue()));
                lines.add(line);
            }
        }
        return lines;
    }

    private void say(String where, JsonNode error) {
        long count = error.path("count").asLong(1);
        String at = error.path("last").asText(error.path("at").asText(""));
        shell.say(
                "%s  %s  %s  %s: %s%s"
                        .formatted(
                                Times.near(at),
                                where,
                                error.path("process").asText(),
                                error.path("doing").asText(),
                                error.path("cause").asText(error.toString()),
                                count > 1 ? "  (" + count + " times)" : ""));
    }
}
