package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "facts",
        description = {
            "Shows which values a fact has on how many nodes.",
            "",
            "  steward facts os.version",
            "  steward facts kernel --cloud eu --nodes"
        })
final class FactsCommand implements Callable<Integer> {
    private static final int BAR = 30;

    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin TargetOptions targets = new TargetOptions();

    @Parameters(index = "0", paramLabel = "FACT", description = "os.version, for example.")
    String fact = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TARGET",
            description = TargetOptions.TARGET)
    List<String> words = new ArrayList<>();

    @Option(names = "--nodes", description = "Name the nodes of each value.")
    boolean nodes;

    FactsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        targets.words = words;
        AgentClient agent = common.agent(shell);
        String path = "/v1/facts/" + AgentClient.encode(fact);
        if (!targets.isEmpty()) {
            path += "?" + targets.meant(shell, false).query();
        }
        JsonNode answer = agent.get(path, Duration.ofSeconds(30)).json();
        if (Documents.print(shell, common.format, answer, "values")) {
            return answer.path("values").isEmpty() ? Exit.NO_MATCH : Exit.OK;
        }
        List<JsonNode> values = new ArrayList<>();
        answer.path("values").forEach(values::add);
        values.sort(
                Comparator.comparingInt((JsonNode value) -> -value.path("count").asInt())
                        .thenComparing(value -> value.path("value").asText()));
        int most = values.stream().mapToInt(value -> value.path("count").asInt()).max().orElse(0);
        if (most == 0) {
            throw new CliException(
                    Exit.NO_MATCH,
                    "no node has said anything of \"%s\"; \"%s inventory NODE\" shows what there is"
                            .formatted(fact, shell.self()));
        }
        Table table = new Table(fact, "nodes", "");
        for (JsonNode value : values) {
            int count = value.path("count").asInt();
            table.row(
                    value.path("value").asText(),
                    Integer.toString(count),
                    nodes
                            ? names(value.path("nodes"))
                            : "#".repeat(Math.max(1, (int) ((long) count * BAR / most))));
        }
        table.print(shell);
        JsonNode without = answer.path("without");
        if (!without.isEmpty()) {
            shell.say("%d without: %s".formatted(without.size(), Results.names(list(without), 8)));
        }
        return Exit.OK;
    }

    private static String names(JsonNode nodes) {
        return String.join(" ", list(nodes));
    }

    private static List<String> list(JsonNode nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(node -> names.add(node.asText()));
        return names;
    }
}
