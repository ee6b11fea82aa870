package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "history",
        description =
                "Lists messages in whatever state, sent and received, the newest first: what waits,"
                        + " what runs, what ended. What agents tell each other of their own accord"
                        + " (hello, errorlog) is left out; see --all.")
final class History implements Callable<Integer> {
    private static final int PAGE = 1_000;

    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Filters filters = new Filters();

    @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "With this label.")
    @Nullable String label;

    @Option(names = "--sent", description = "Only those sent from here.")
    boolean sent;

    @Option(names = "--received", description = "Only those that came here.")
    boolean received;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many at most (50).")
    int lines = 50;

    History(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        filters.check();
        Ranges.atLeast("--lines", lines, 1);
        AgentClient agent = common.agent(shell);
        ArrayNode all = Json.array();
        String before = "";
        while (all.size() < lines) {
            JsonNode page = agent.get(query(Math.clamp(2L * lines, 1, PAGE)) + before);
            for (JsonNode json : page.path("messages")) {
                if (all.size() < lines && filters.wants(new Delivery(json).method())) {
                    all.add(json);
                }
            }
            if (!page.has("next")) {
                break;
            }
            before = "&before=" + page.path("next").asText();
        }
        ObjectNode document = Json.object();
        document.set("messages", all);
        if (!Documents.print(shell, common.format, document, "messages")) {
            table(all);
        }
        return Exit.OK;
    }

    private String query(int limit) {
        StringBuilder query = new StringBuilder("/v1/messages?limit=").append(limit);
        add(query, "node", filters.node);
        add(query, "method", filters.method);
        add(query, "state", filters.state);
        add(query, "label", label);
        if (sent != received) {
            add(query, "direction", sent ? "sent" : "received");
        }
        Instant since = filters.since();
        add(query, "from", since == null ? null : since.toString());
        return query.toString();
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(AgentClient.encode(value));
        }
    }

    private void table(ArrayNode messages) {
        Table table = new Table("created", "id", "", "node", "state", "method", "data");
        for (JsonNode json : messages) {
            Delivery message = new Delivery(json);
            table.row(
                    Times.near(message.message().path("createdAt").asText()),
                    message.id(),
                    json.path("direction").asText().equals("sent") ? "to" : "from",
                    message.node(),
                    Lines.shortened(message.outcome()),
                    message.method(),
                    Lines.data(message.message()));
        }
        if (table.isEmpty()) {
            shell.err().println("no message matches");
        } else {
            table.print(shell);
        }
    }
}
