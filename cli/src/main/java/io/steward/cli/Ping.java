package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        name = "ping",
        description =
                "Asks which nodes are there now, past their mailboxes, and how long each takes to"
                        + " answer. Exits with 3 if one that is meant, or thought to be up, did not"
                        + " answer, or fewer than expected did.")
final class Ping implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(names = "--expect", paramLabel = "N", description = "How many nodes have to answer.")
    @Nullable Integer expect;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to listen for answers, 1ms to 30s (2s).")
    Duration wait = Duration.ofSeconds(2);

    @Mixin TargetOptions targets = new TargetOptions();

    @Parameters(paramLabel = "TARGET", arity = "0..*", description = TargetOptions.TARGET)
    List<String> words = new ArrayList<>();

    @Option(names = "--silent", description = "Only the summary.")
    boolean silent;

    Ping(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Ranges.require("--wait", wait, SHORTEST, LONGEST);
        if (expect != null) {
            Ranges.atLeast("--expect", expect, 0);
        }
        targets.words = words;
        AgentClient agent = common.agent(shell);
        ObjectNode body = Json.object();
        List<String> names = targets.names(shell);
        if (names != null) {
            names.forEach(body.putArray("nodes")::add);
        } else if (!targets.isEmpty()) {
            targets.meant(shell, false).addTo(body);
        }
        JsonNode answer = agent.post("/v1/ping?wait=" + wait.toMillis() + "ms", body, wait);
        JsonNode answers = answer.path("answers");
        JsonNode missing = answer.path("missing");
        if (!Documents.print(shell, common.format, answer, "answers")) {
            table(answers, missing, answer.path("tookMs").asDouble());
        }
        if (expect != null) {
            if (answers.size() < expect) {
                shell.warn(
                        "%d of %d expected nodes answered within %s"
                                .formatted(answers.size(), expect, Times.length(wait)));
            }
            return answers.size() < expect ? Exit.NO_ANSWER : Exit.OK;
        }
        return missing.isEmpty() && !answers.isEmpty() ? Exit.OK : Exit.NO_ANSWER;
    }

    private void table(JsonNode answers, JsonNode missing, double tookMs) {
        double fastest = Double.MAX_VALUE;
        double slowest = 0;
        double sum = 0;
        for (JsonNode answer : answers) {
            double after = answer.path("afterMs").asDouble();
            fastest = Math.min(fastest, after);
            slowest = Math.max(slowest, after);
            sum += after;
            if (!silent) {
                shell.say(
                        "%s  %.1f ms  %s"
                                .formatted(
                                        answer.path("node").asText("?"),
                                        after,
                                        answer.path("version").asText()));
            }
        }
        List<String> names = new ArrayList<>();
        missing.forEach(node -> names.add(node.asText()));
        if (!silent) {
            names.forEach(node -> shell.say(node + "  no answer"));
        }
        String times =
                answers.isEmpty()
                        ? ""
                        : ", fastest %.1f ms, mean %.1f ms, slowest %.1f ms"
                                .formatted(fastest, sum / answers.size(), slowest);
        shell.say(
                "%d answered%s%s; %.0f ms in all"
                        .formatted(
                                answers.size(),
                                names.isEmpty()
                                        ? ""
                                        : ", %d did not (%s)"
                                                .formatted(names.size(), Results.names(names, 8)),
                                times,
                                tookMs));
    }
}
