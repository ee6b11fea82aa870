package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "queue",
        description = {
            "Shows what waits for nodes: without NODE a line for each node, with NODE the messages,"
                    + " those sent from here and those of others that lie in its mailbox. \"queue"
                    + " purge NODE\" removes them: each ends as cancelled.",
            "",
            "  steward queue ship1 --older-than 2h",
            "  steward queue purge ship1 --method textlogging --dry-run"
        })
final class Queue implements Callable<Integer> {
    private static final String PURGE = "purge";
    private static final int PAGE = 1_000;
    private static final Duration LONGEST_PURGE = Duration.ofMinutes(10);

    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(
            arity = "0..2",
            paramLabel = "[purge] NODE",
            description = "Whose; with purge before it: remove what waits for it.")
    List<String> words = new ArrayList<>();

    @Option(names = "--id", paramLabel = "ID", description = "purge: this message; repeatable.")
    List<String> ids = new ArrayList<>();

    @Option(names = "--method", paramLabel = "METHOD", description = "Of this method.")
    @Nullable String method;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Made longer ago than this (2h).")
    @Nullable Duration olderThan;

    @Option(
            names = "--from",
            paramLabel = "NODE",
            description =
                    "Sent by this node. purge: another sender is asked, by message, to cancel its"
                            + " own.")
    @Nullable String from;

    @Option(names = "--all", description = "purge: everything that was sent from here.")
    boolean all;

    @Option(
            names = "--all-senders",
            description = "purge: also what others sent; they are asked, by message.")
    boolean allSenders;

    @Option(names = "--dry-run", description = "purge: only say what would be removed.")
    boolean dryRun;

    @Option(names = "--yes", description = "purge: do not ask.")
    boolean yes;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many to show at most, of each kind (100).")
    int limit = 100;

    Queue(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        boolean purge = !words.isEmpty() && words.getFirst().equals(PURGE);
        if (words.size() > (purge ? 2 : 1)) {
            throw new CliException(
                    Exit.USAGE,
                    "\"%s\" is one word too many: expected queue [NODE] or queue purge NODE"
                            .formatted(words.getLast()));
        }
        Ranges.atLeast("--limit", limit, 1);
        if (purge) {
            return purge();
        }
        if (!ids.isEmpty() || all || allSenders || dryRun || yes) {
            throw new CliException(
                    Exit.USAGE,
                    "--id, --all, --all-senders, --dry-run and --yes are for \"queue purge NODE\"");
        }
        AgentClient agent = common.agent(shell);
        if (words.isEmpty()) {
            nodes(agent.get("/v1/queue"));
        } else {
            new QueueView(shell, common.format).print(read(agent, words.getFirst()));
        }
        return Exit.OK;
    }

    private void nodes(JsonNode answer) {
        if (method != null || olderThan != null || from != null) {
            throw new CliException(Exit.USAGE, "a filter needs a NODE: steward queue NODE ...");
        }
        if (Documents.print(shell, common.format, answer, "nodes")) {
            return;
        }
        Table table = new Table("node", "waiting", "queued", "published", "oldest", "next expiry");
        for (JsonNode node : answer.path("nodes")) {
            table.row(
                    node.path("node").asText(),
                    node.path("count").asText(),
                    node.path("queued").asText(),
                    node.path("published").asText(),
                    Times.since(node.path("oldest").asText()),
                    Times.near(node.path("nextExpiry").asText()));
        }
        if (table.isEmpty()) {
            shell.err().println("nothing that was sent from here waits for its node");
        } else {
            table.print(shell);
        }
    }

    /// Pages through both lists up to the limit.
    private JsonNode read(AgentClient agent, String node) {
        StringBuilder query = new StringBuilder("/v1/queue/").append(AgentClient.encode(node));
        query.append("?limit=").append(Math.min(limit, PAGE));
        add(query, "method", method);
        add(query, "olderThan", olderThan == null ? null : Durations.format(olderThan));
        add(query, "from", from);
        ObjectNode first = (ObjectNode) agent.get(query.toString());
        ArrayNode own = first.withArray("messages");
        JsonNode page = first;
        while (page.has("next") && own.size() < limit) {
            page = agent.get(query + "&after=" + page.path("next").asText());
            page.path("messages").forEach(own::add);
        }
        cut(own);
        first.remove("next");
        if (first.path("mailbox") instanceof ObjectNode mailbox) {
            ArrayNode others = mailbox.withArray("messages");
            long looked = mailbox.path("looked").asLong();
            JsonNode box = mailbox;
            while (box.has("next") && others.size() < limit && looked < 10L * PAGE) {
                box = agent.get(query + "&sequence=" + box.path("next").asText()).path("mailbox");
                box.path("messages").forEach(others::add);
                looked += box.path("looked").asLong();
            }
            mailbox.put("looked", looked);
            mailbox.put("more", box.has("next") || others.size() > limit);
            mailbox.remove("next");
            cut(others);
        }
        return first;
    }

    private void cut(ArrayNode messages) {
        while (messages.size() > limit) {
            messages.remove(messages.size() - 1);
        }
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(AgentClient.encode(value));
        }
    }

    private int purge() {
        if (words.size() < 2) {
            throw new CliException(
                    Exit.USAGE, "which node? expected queue purge NODE and what to remove");
        }
        if (ids.isEmpty() && method == null && olderThan == null && !all) {
            throw new CliException(
                    Exit.USAGE,
                    "which messages? expected --id, --older-than, --method, or --all for all of"
                            + " them");
        }
        String path = "/v1/queue/" + AgentClient.encode(words.get(1)) + "/purge";
        ObjectNode body = body();
        AgentClient agent = common.agent(shell);
        if (!dryRun && !yes) {
            ObjectNode look = body.deepCopy().put("dryRun", true);
            if (!confirmed(agent.post(path, look, LONGEST_PURGE))) {
                shell.err().println("nothing was removed");
                return Exit.FAILED;
            }
        }
        JsonNode purged = agent.post(path, body.put("dryRun", dryRun), LONGEST_PURGE);
        if (!Documents.print(shell, common.format, purged)) {
            new QueueView(shell, common.format).purged(purged, dryRun);
        }
        boolean nothing = purged.path("matched").asInt() == 0 && purged.path("others").isEmpty();
        if (nothing || !purged.path("unknown").isEmpty()) {
            return Exit.NO_MATCH;
        }
        return purged.path("tooLate").asInt() > 0 ? Exit.FAILED : Exit.OK;
    }

    private ObjectNode body() {
        ObjectNode body = Json.object();
        if (!ids.isEmpty()) {
            ArrayNode array = body.putArray("ids");
            ids.forEach(array::add);
        }
        if (method != null) {
            body.put("method", method);
        }
        if (olderThan != null) {
            body.put("olderThan", Durations.format(olderThan));
        }
        if (from != null) {
            body.put("from", from);
        }
        body.put("all", all);
        body.put("allSenders", allSenders);
        return body;
    }

    private boolean confirmed(JsonNode look) {
        if (!shell.errIsTerminal()) {
            throw new CliException(
                    Exit.USAGE,
                    "nobody can be asked here: add --yes, or --dry-run to see what it would"
                            + " remove");
        }
        new QueueView(shell, common.format).wouldRemove(look);
        shell.err().print("Remove them? [y/N] ");
        shell.err().flush();
        try {
            String answer =
                    new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8))
                            .readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, "the answer cannot be read: " + e.getMessage(), e);
        }
    }
}
