package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
                    + " until Ctrl-C. What agents tell each other of their own accord (hello,"
                    + " errorlog) is left out; see --all.")
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
                    "How many of the last lines to show at most, 0 to 1000 (20; with filters all of"
                            + " the last 1000).")
    @Nullable Integer lines;

    Log(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        filters.check();
        if (lines != null) {
            Ranges.require("--lines", lines, 0, PAGE);
        }
        @Nullable Instant since = filters.since();
        boolean filtered =
                filters.node != null
                        || filters.method != null
                        || filters.state != null
                        || since != null;
        int most = lines != null ? lines : filtered ? PAGE : 20;
        // Those of the agents are left out, so it takes more to have enough.
        int last = filtered ? PAGE : Math.clamp(5L * most, 1, PAGE);
        AgentClient agent = common.agent(shell);
        ArrayNode all = Json.array();
        Deque<String> newest = new ArrayDeque<>();
        AgentClient.Answer answer = agent.get("/v1/processed?last=" + last, Duration.ZERO);
        int read = collect(answer.body(), since, most, newest);
        for (int got = read; got > 0 && read < last; read += got) { // large lines come in pages
            answer =
                    agent.get(
                            "/v1/processed?after=%s&limit=%d".formatted(answer.next(), last - read),
                            Duration.ZERO);
            got = collect(answer.body(), since, most, newest);
        }
        newest.forEach(text -> show(text, all));
        shell.out().flush();
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
            answer.body()
                    .lines()
                    .filter(text -> wanted(text, null))
                    .forEach(text -> show(text, all));
            shell.out().flush();
        }
        return Exit.OK;
    }

    /// Keeps the last `most` of the lines that match.
    ///
    /// @return how many lines there are in all
    private int collect(String body, @Nullable Instant since, int most, Deque<String> newest) {
        List<String> lines = body.lines().filter(text -> !text.isEmpty()).toList();
        lines.stream().filter(text -> wanted(text, since)).forEach(newest::add);
        while (newest.size() > most) {
            newest.remove();
        }
        return lines.size();
    }

    private boolean wanted(String text, @Nullable Instant since) {
        return !text.isEmpty() && matches(Json.read(text), since);
    }

    private void show(String text, ArrayNode all) {
        switch (common.format) {
            case TABLE -> shell.say(Lines.processed(Json.read(text)));
            case JSONL, RAW -> shell.json(text);
            case JSON, YAML -> all.add(Json.read(text));
        }
    }

    private boolean matches(JsonNode line, @Nullable Instant since) {
        JsonNode envelope = line.path("message");
        return (filters.node == null
                        || filters.node.equals(envelope.path("to").asText())
                        || filters.node.equals(envelope.path("from").asText()))
                && filters.wants(envelope.path("method").asText())
                && (filters.state == null || filters.state.equals(line.path("state").asText()))
                && (since == null || !Instant.parse(line.path("at").asText()).isBefore(since));
    }
}
