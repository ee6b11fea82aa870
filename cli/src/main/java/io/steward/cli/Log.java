package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "log",
        description =
                "Shows the processed log: one line for each message that has ended, here or on the"
                    + " node it was sent to. With -f it goes on with those that end from now on,"
                    + " until Ctrl-C.")
final class Log implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(60);
    private static final int PAGE = 1_000;

    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Filters filters = new Filters();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what ends from now on.")
    boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description =
                    "How many of the last lines to look at, at most 1000 (20; with filters 1000).")
    @Nullable Integer lines;

    Log(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        filters.check();
        @Nullable Instant since = filters.since();
        boolean filtered =
                filters.node != null
                        || filters.method != null
                        || filters.state != null
                        || since != null;
        int last = lines != null ? lines : filtered ? PAGE : 20;
        AgentClient agent = new AgentClient(new AgentFinder(shell).find(common));
        AgentClient.Answer answer = agent.get("/v1/processed?last=" + last, Duration.ZERO);
        ArrayNode all = Json.array();
        show(answer.body(), since, all);
        if (common.format == Format.JSON || common.format == Format.YAML) {
            if (follow) {
                throw new CliException(Exit.USAGE, "-f does not end: use -o jsonl with it");
            }
            ObjectNode document = Json.object();
            document.set("lines", all);
            Documents.print(shell, common.format, document, "lines");
            return Exit.OK;
        }
        while (follow && !shell.out().checkError()) {
            answer =
                    agent.get(
                            "/v1/processed?after=%s&limit=%d&wait=%ds"
                                    .formatted(answer.next(), PAGE, LOOK.toSeconds()),
                            LOOK);
            show(answer.body(), null, all);
        }
        return Exit.OK;
    }

    private void show(String body, @Nullable Instant since, ArrayNode all) {
        for (String text : body.split("\n", -1)) {
            JsonNode line = Json.read(text);
            if (text.isEmpty() || !matches(line, since)) {
                continue;
            }
            switch (common.format) {
                case TABLE -> shell.say(Lines.processed(line));
                case JSONL, RAW -> shell.out().println(text);
                case JSON, YAML -> all.add(line);
            }
        }
        shell.out().flush();
    }

    private boolean matches(JsonNode line, @Nullable Instant since) {
        JsonNode envelope = line.path("message");
        return (filters.node == null
                        || filters.node.equals(envelope.path("to").asText())
                        || filters.node.equals(envelope.path("from").asText()))
                && (filters.method == null
                        || filters.method.equals(envelope.path("method").asText()))
                && (filters.state == null || filters.state.equals(line.path("state").asText()))
                && (since == null || !Instant.parse(line.path("at").asText()).isBefore(since));
    }
}
