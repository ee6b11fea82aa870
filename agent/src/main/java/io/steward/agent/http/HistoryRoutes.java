package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Page;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What happened: the history of all messages, and the processed log.
final class HistoryRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final NodeName node;
    private final Journal journal;
    private final Gate gate;

    HistoryRoutes(NodeName node, Journal journal, Gate gate) {
        this.node = node;
        this.journal = journal;
        this.gate = gate;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        Role.VIEWER,
                        "/v1/messages",
                        this::history,
                        "state",
                        "node",
                        "method",
                        "label",
                        "direction",
                        "from",
                        "to",
                        "limit",
                        "before"),
                Route.get(
                        Role.VIEWER,
                        "/v1/processed",
                        this::processed,
                        "after",
                        "last",
                        "limit",
                        "wait"));
    }

    /// `GET /v1/messages`: the newest first, page by page: `next` of an answer is `before` of the
    /// next request.
    private void history(Call call) {
        Journal.Query query =
                new Journal.Query(
                        call.query("direction", HistoryRoutes::direction).orElse(null),
                        call.query("state", State::of).orElse(null),
                        call.query("node", NodeName::new).orElse(null),
                        call.query("method", Function.identity()).orElse(null),
                        call.query("label", Function.identity()).orElse(null),
                        call.instant("from").orElse(null),
                        call.instant("to").orElse(null));
        int limit = call.number("limit", PAGE, LARGEST_PAGE);
        MessageId before = call.query("before", MessageId::new).orElse(null);
        Page<Entry> page = journal.history(query, before, limit, Page.BYTES);
        ObjectNode json = Json.object();
        ArrayNode messages = json.putArray("messages");
        page.items().forEach(entry -> messages.add(Views.entry(entry)));
        if (page.more()) {
            json.put("next", page.items().getLast().message().id().value());
        }
        call.answer(200, json);
    }

    private static Direction direction(String word) {
        return switch (word) {
            case "sent" -> Direction.SENT;
            case "received" -> Direction.RECEIVED;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\" is not known, expected sent or received".formatted(word));
        };
    }

    /// `GET /v1/processed`: lines of the processed log, those behind the sequence `after` or the
    /// `last` so many. The header `Steward-Next` is `after` of the next request, which waits when
    /// there is no line yet.
    private void processed(Call call) throws InterruptedException {
        Optional<Long> after = call.query("after", Long::valueOf);
        int limit = call.number("limit", PAGE, LARGEST_PAGE);
        if (after.isPresent() == call.query("last", Function.identity()).isPresent()) {
            throw Problem.badRequest("Expected either after=SEQUENCE or last=COUNT");
        }
        List<Processed> lines =
                after.isPresent()
                        ? behind(after.get(), limit, call.await(Duration.ZERO, LONGEST_WAIT))
                        : journal.processedLast(
                                call.number("last", PAGE, LARGEST_PAGE), Page.BYTES);
        long next = lines.isEmpty() ? after.orElse(0L) : lines.getLast().sequence();
        call.set("Steward-Next", Long.toString(next));
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(Views.processed(node, line)).append('\n'));
        call.answerLines(text.toString());
    }

    private List<Processed> behind(long after, int limit, Duration wait)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long ticket = gate.ticket();
            List<Processed> lines = journal.processedAfter(after, limit, Page.BYTES);
            if (!lines.isEmpty() || !gate.passed(ticket, deadline)) {
                return lines;
            }
        }
    }
}
