package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
        name = "subscribe",
        description = {
            "Shows what this agent's node was told with \"notify\", here or elsewhere. With -f it"
                    + " goes on with what comes from now on, until Ctrl-C.",
            "",
            "  steward subscribe -f weather"
        })
final class Subscribe implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(60);
    private static final int PAGE = 1_000;

    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(
            arity = "0..1",
            paramLabel = "TOPIC",
            description = "Only what was told on this topic.")
    @Nullable String topic;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes from now on.")
    boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many of the last to show at most, 0 to 1000 (20).")
    int lines = 20;

    Subscribe(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        boolean whole = common.format == Format.JSON || common.format == Format.YAML;
        Ranges.require("--lines", lines, 0, PAGE);
        if (follow && whole) {
            throw new CliException(Exit.USAGE, "-f does not end: use -o jsonl with it");
        }
        AgentClient agent = common.agent(shell);
        String path =
                "/v1/broadcasts?"
                        + (topic == null ? "" : "topic=" + AgentClient.encode(topic) + "&");
        JsonNode answer = agent.get(path + "limit=" + Math.max(1, lines));
        List<JsonNode> last = new ArrayList<>();
        if (lines > 0) {
            answer.path("notices").forEach(last::add);
        }
        if (whole) {
            ObjectNode document = Json.object();
            ArrayNode notices = document.putArray("notices");
            last.forEach(notices::add);
            Documents.print(shell, common.format, document, "notices");
            return Exit.OK;
        }
        last.forEach(this::show);
        shell.out().flush();
        while (follow && !shell.out().checkError()) {
            answer =
                    agent.get(
                                    "%safter=%d&limit=%d&wait=%ds"
                                            .formatted(
                                                    path,
                                                    answer.path("next").asLong(),
                                                    PAGE,
                                                    LOOK.toSeconds()),
                                    LOOK)
                            .json();
            answer.path("notices").forEach(this::show);
            shell.out().flush();
        }
        return Exit.OK;
    }

    /// A line each; raw only what was told, as it is.
    private void show(JsonNode notice) {
        switch (common.format) {
            case TABLE ->
                    shell.say(
                            "%s  from %s  %s  %s"
                                    .formatted(
                                            Times.near(notice.path("createdAt").asText()),
                                            notice.path("from").asText(),
                                            notice.path("topic").asText(),
                                            words(notice).replace('\n', ' ')));
            case RAW -> shell.say(words(notice));
            case JSONL, JSON, YAML -> shell.json(notice);
        }
    }

    private static String words(JsonNode notice) {
        List<String> words = new ArrayList<>();
        notice.path("data").forEach(each -> words.add(each.asText()));
        return String.join(" ", words);
    }
}
