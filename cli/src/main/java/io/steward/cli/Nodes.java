package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "nodes",
        description = {
            "Lists the nodes that ever had a connection to the broker, or those that are meant, and"
                    + " how they are; asks who is there.",
            "",
            "  steward nodes",
            "  steward nodes --where \"cloud=eu and not state=up\""
        })
final class Nodes implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final long SKEW_MILLIS = 1_000;

    /// Of more all nodes are asked for, since a request holds only so many names.
    private static final int MOST_NAMED = 500;

    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin TargetOptions targets = new TargetOptions();

    @Parameters(paramLabel = "TARGET", arity = "0..*", description = TargetOptions.TARGET)
    List<String> words = new ArrayList<>();

    Nodes(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        targets.words = words;
        AgentClient agent = common.agent(shell);
        JsonNode answer =
                agent.get(
                                targets.isEmpty() ? "/v1/nodes" : path(targets.meant(shell, false)),
                                LONGEST)
                        .json();
        if (answer.hasNonNull("problem")) {
            shell.warn("the broker does not tell: " + answer.path("problem").asText());
        }
        Runs.warnOfMaintenance(shell, answer);
        Runs.warnOfUnknown(shell, answer, "not listed");
        List<JsonNode> nodes = list(answer);
        if (!Documents.print(shell, common.format, answer, "nodes")) {
            table(shell, nodes);
            shell.say(summary(nodes));
            int pending = answer.path("pending").asInt();
            if (pending > 0) {
                shell.warn(
                        "%d machine%s to be adopted; see %s adopt list"
                                .formatted(
                                        pending, pending == 1 ? " waits" : "s wait", shell.self()));
            }
        }
        return nodes.isEmpty() ? Exit.NO_MATCH : Exit.OK;
    }

    private static String path(Meant meant) {
        return "/v1/nodes?" + meant.query();
    }

    private static List<JsonNode> list(JsonNode answer) {
        List<JsonNode> nodes = new ArrayList<>();
        answer.path("nodes").forEach(nodes::add);
        return nodes;
    }

    /// The nodes that are meant.
    ///
    /// @throws CliException if there are none
    static List<JsonNode> of(Shell shell, AgentClient agent, Meant meant) {
        JsonNode answer = agent.get(path(meant), LONGEST).json();
        Runs.warnOfMaintenance(shell, answer);
        Runs.warnOfUnknown(shell, answer, "nothing is sent there");
        List<JsonNode> nodes = list(answer);
        if (nodes.isEmpty()) {
            throw new CliException(Exit.NO_MATCH, "no node matches " + meant.text());
        }
        return nodes;
    }

    /// These nodes, also those that nobody has heard of: they would be sent something all the same.
    static List<JsonNode> named(AgentClient agent, Meant meant, List<String> names) {
        Map<String, JsonNode> known = new LinkedHashMap<>();
        String path = names.size() > MOST_NAMED ? "/v1/nodes" : path(meant);
        list(agent.get(path, LONGEST).json())
                .forEach(node -> known.put(node.path("node").asText(), node));
        return names.stream()
                .map(name ->
                        known.getOrDefault(
                                name, Json.object().put("node", name).put("state", "unknown")))
                .toList();
    }

    /// Prints which nodes would be sent something.
    ///
    /// @return the exit code
    static int preview(Shell shell, Common common, Meant meant, List<JsonNode> nodes) {
        ObjectNode json = Json.object().put("target", meant.text());
        ArrayNode array = json.putArray("nodes");
        nodes.forEach(array::add);
        if (common.format == Format.RAW) {
            nodes.forEach(node -> shell.say(node.path("node").asText()));
        } else if (!Documents.print(shell, common.format, json, "nodes")) {
            table(shell, nodes);
            shell.say("%s would get it; nothing was sent".formatted(summary(nodes)));
        }
        return Exit.OK;
    }

    private static void table(Shell shell, List<JsonNode> nodes) {
        Table table = new Table("node", "state", "since", "cloud", "tags", "host", "version");
        for (JsonNode node : nodes) {
            List<String> tags = new ArrayList<>();
            node.path("tags").forEach(tag -> tags.add(tag.asText()));
            table.row(
                    node.path("node").asText(),
                    state(node),
                    node.has("since")
                            ? Times.since(node.path("since").asText())
                            : node.has("lastHello")
                                    ? "hello " + Times.since(node.path("lastHello").asText())
                                    : "",
                    node.path("cloud").asText(),
                    String.join(" ", tags),
                    node.path("host").asText(),
                    node.path("version").asText());
        }
        table.print(shell);
    }

    /// With what one should know of it.
    static String state(JsonNode node) {
        StringBuilder text = new StringBuilder(node.path("state").asText());
        JsonNode maintenance = node.path("maintenance");
        if (maintenance.isObject() && node.has("answers")) {
            text.append(node.path("answers").asBoolean() ? ", answers" : ", does not answer");
        }
        long ahead = node.path("clockAheadMs").asLong();
        if (Math.abs(ahead) >= SKEW_MILLIS) {
            text.append(", its clock is ")
                    .append(Times.length(Duration.ofMillis(Math.abs(ahead))))
                    .append(ahead > 0 ? " behind" : " ahead");
        }
        if (node.has("rival")) {
            text.append(", wanted by another agent");
        }
        return text.toString();
    }

    private static String summary(List<JsonNode> nodes) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        nodes.forEach(node -> counts.merge(node.path("state").asText(), 1, Integer::sum));
        StringBuilder text = new StringBuilder();
        counts.forEach((state, count) ->
                text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(state));
        return "%d node%s: %s".formatted(nodes.size(), nodes.size() == 1 ? "" : "s", text);
    }
}
