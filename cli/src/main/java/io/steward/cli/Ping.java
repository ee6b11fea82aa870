package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ping",
        description =
                "Asks which nodes are there now, past their mailboxes. Exits with 3 if one that was"
                        + " named, or fewer than expected, answered.")
final class Ping implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(names = "--expect", paramLabel = "N", description = "How many nodes have to answer.")
    @Nullable Integer expect;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to listen for answers (2s).")
    Duration wait = Duration.ofSeconds(2);

    @Parameters(paramLabel = "NODE", arity = "0..*", description = "Only these.")
    List<String> nodes = new ArrayList<>();

    Ping(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Set<String> wanted =
                new LinkedHashSet<>(nodes.isEmpty() ? List.of() : Sending.targets(nodes));
        AgentClient agent = new AgentClient(new AgentFinder(shell).find(common));
        JsonNode answers =
                agent.post("/v1/ping?wait=" + wait.toMillis() + "ms", Json.object(), wait)
                        .path("answers");
        ArrayNode shown = Json.array();
        Set<String> answered = new LinkedHashSet<>();
        for (JsonNode answer : answers) {
            String node = answer.path("node").asText("?");
            if (wanted.isEmpty() || wanted.contains(node)) {
                shown.add(answer);
                answered.add(node);
            }
        }
        Set<String> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(answered);
        ObjectNode document = Json.object();
        document.set("answers", shown);
        missing.forEach(document.putArray("missing")::add);
        if (!Documents.print(shell, common.format, document, "answers")) {
            table(shown, missing);
        }
        if (expect != null && answered.size() < expect) {
            shell.warn(
                    "%d of %d expected nodes answered within %s"
                            .formatted(answered.size(), expect, Times.length(wait)));
            return Exit.NO_ANSWER;
        }
        return missing.isEmpty() && !answered.isEmpty() ? Exit.OK : Exit.NO_ANSWER;
    }

    private void table(ArrayNode answers, Set<String> missing) {
        for (JsonNode answer : answers) {
            shell.say(
                    "%s  %.1f ms  %s"
                            .formatted(
                                    answer.path("node").asText("?"),
                                    answer.path("afterMs").asDouble(),
                                    answer.path("version").asText()));
        }
        missing.forEach(node -> shell.say(node + "  no answer"));
        shell.say(
                "%d answered%s"
                        .formatted(
                                answers.size(),
                                missing.isEmpty() ? "" : ", " + missing.size() + " did not"));
    }
}
