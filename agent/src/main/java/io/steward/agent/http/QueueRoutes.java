package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Peek;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Page;
import io.steward.agent.journal.Queues.Backlog;
import io.steward.agent.journal.Queues.Count;
import io.steward.agent.journal.Queues.Waiters;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.Outbox.Purge;
import io.steward.agent.outbox.Outbox.Purged;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Durations;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What waits for nodes, and taking it back.
final class QueueRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final int MOST_IDS = 10_000;

    private final NodeName here;
    private final Outbox outbox;
    private final Journal journal;
    private final Broker broker;

    QueueRoutes(NodeName here, Outbox outbox, Journal journal, Broker broker) {
        this.here = here;
        this.outbox = outbox;
        this.journal = journal;
        this.broker = broker;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/queue", this::nodes),
                Route.get(
                        Role.VIEWER,
                        "/v1/queue/{node}",
                        this::queue,
                        "method",
                        "olderThan",
                        "from",
                        "limit",
                        "after",
                        "sequence"),
                Route.post(Role.OPERATOR, "/v1/queue/{node}/purge", this::purge));
    }

    /// `GET /v1/queue`: each node that messages sent from here wait for.
    private void nodes(Call call) {
        ObjectNode json = Json.object();
        ArrayNode nodes = json.putArray("nodes");
        for (Backlog backlog : journal.backlogs()) {
            nodes.addObject()
                    .put("node", backlog.node().value())
                    .put("count", backlog.queued() + backlog.published())
                    .put("queued", backlog.queued())
                    .put("published", backlog.published())
                    .put("oldest", Json.time(backlog.oldest()))
                    .put("nextExpiry", Json.time(backlog.nextExpiry()));
        }
        call.answer(200, json);
    }

    /// `GET /v1/queue/{node}`: what waits for a node, the oldest first: what was sent from here
    /// (`messages`; `next` is `after` of the next request), and what others sent and still lies in
    /// the mailbox (`mailbox`; its `next` is `sequence` of the next request).
    private void queue(Call call) throws InterruptedException {
        NodeName node = call.path("node", NodeName::new);
        String method = call.query("method", Function.identity()).orElse(null);
        Instant before =
                call.query("olderThan", Durations::parse)
                        .map(age -> Instant.now().minus(age))
                        .orElse(null);
        NodeName from = call.query("from", NodeName::new).orElse(null);
        int limit = call.number("limit", PAGE, LARGEST_PAGE);
        ObjectNode json = Json.object();
        json.put("node", node.value());
        if (from == null || from.equals(here)) {
            own(
                    json,
                    new Waiters(node, method, before),
                    call.query("after", MessageId::new).orElse(null),
                    limit);
        }
        if (from == null || !from.equals(here)) {
            json.set(
                    "mailbox",
                    mailbox(
                            node,
                            method,
                            before,
                            from,
                            call.query("sequence", Long::valueOf).orElse(0L),
                            limit));
        }
        call.answer(200, json);
    }

    private void own(ObjectNode json, Waiters which, @Nullable MessageId after, int limit) {
        Count count = journal.countWaiting(which);
        json.put("queued", count.queued());
        json.put("published", count.published());
        Views.put(json, "oldest", text(count.oldest()));
        Views.put(json, "nextExpiry", text(count.nextExpiry()));
        Page<SentMessage> found = journal.waitingFor(which, after, limit, Page.BYTES);
        ArrayNode messages = json.putArray("messages");
        found.items().forEach(sent -> messages.add(Views.sent(sent, outbox::problem)));
        if (found.more()) {
            json.put("next", found.items().getLast().message().id().value());
        }
    }

    private ObjectNode mailbox(
            NodeName node,
            @Nullable String method,
            @Nullable Instant before,
            @Nullable NodeName from,
            long sequence,
            int limit)
            throws InterruptedException {
        ObjectNode json = Json.object();
        try {
            Peek peek = broker.peek(node, method, sequence, limit);
            json.put("exists", peek.exists());
            json.put("count", peek.total());
            ArrayNode messages = json.putArray("messages");
            int looked = 0;
            for (Peek.Item item : peek.messages()) {
                looked++;
                Message message = open(item);
                if (message == null) {
                    messages.addObject()
                            .put("sequence", item.sequence())
                            .put("subject", item.subject())
                            .put("storedAt", Json.time(item.storedAt()))
                            .put("handedOver", item.handedOver())
                            .put("problem", "not readable");
                } else if (!message.subject().isAck()
                        && !message.from().equals(here)
                        && (from == null || message.from().equals(from))
                        && (before == null || message.createdAt().isBefore(before))) {
                    ObjectNode one = messages.addObject();
                    one.put("id", message.id().value())
                            .put("from", message.from().value())
                            .put("sequence", item.sequence())
                            .put("storedAt", Json.time(item.storedAt()))
                            .put("handedOver", item.handedOver());
                    one.set("message", Envelope.toJson(message));
                }
            }
            json.put("looked", looked);
            if (peek.next() > 0) {
                json.put("next", peek.next());
            }
        } catch (BrokerException e) {
            json.put("problem", e.getMessage());
        }
        return json;
    }

    private static @Nullable Message open(Peek.Item item) {
        try {
            return Envelope.decode(item.payload());
        } catch (InputException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : Json.time(at);
    }

    /// `POST /v1/queue/{node}/purge {"ids": [...], "olderThan": "2h", "method": ..., "all": true,
    /// "from": ..., "allSenders": true, "dryRun": true}`: cancels what waits for a node. At least
    /// one of the first four is there.
    private void purge(Call call) throws IOException, InterruptedException, SubmitException {
        NodeName node = call.path("node", NodeName::new);
        JsonNode body =
                call.jsonBody("ids", "olderThan", "method", "from", "allSenders", "all", "dryRun");
        Set<MessageId> ids = ids(body.path("ids"));
        String method = body.hasNonNull("method") ? body.path("method").asText() : null;
        Duration age =
                body.hasNonNull("olderThan")
                        ? parse("olderThan", body.path("olderThan").asText(), Durations::parse)
                        : null;
        if (ids.isEmpty() && method == null && age == null && !body.path("all").asBoolean()) {
            throw Problem.badRequest(
                    "There is nothing that says which messages: expected ids, olderThan, method or"
                            + " all");
        }
        NodeName from =
                body.hasNonNull("from")
                        ? parse("from", body.path("from").asText(), NodeName::new)
                        : null;
        boolean dry = body.path("dryRun").asBoolean();
        if (!dry) {
            call.audit("purge", node.value(), body.toString());
        }
        Purged purged =
                outbox.purge(
                        new Purge(
                                node,
                                ids,
                                method,
                                age == null ? null : Instant.now().minus(age),
                                from == null || from.equals(here),
                                from,
                                body.path("allSenders").asBoolean(),
                                dry));
        call.answer(200, answer(node, purged));
    }

    private static Set<MessageId> ids(JsonNode array) {
        if (array.isMissingNode()) {
            return Set.of();
        }
        if (!array.isArray() || array.isEmpty() || array.size() > MOST_IDS) {
            throw Problem.badRequest(
                    "ids: expected an array of 1 to %d message ids".formatted(MOST_IDS));
        }
        Set<MessageId> ids = new HashSet<>();
        array.forEach(id -> ids.add(parse("ids", id.asText(), MessageId::new)));
        return ids;
    }

    private static <T> T parse(String field, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field + ": " + e.getMessage());
        }
    }

    private static ObjectNode answer(NodeName node, Purged purged) {
        ObjectNode json = Json.object();
        json.put("node", node.value());
        json.put("matched", purged.matched());
        json.put("cancelled", purged.cancelled());
        json.put("asked", purged.asked());
        json.put("tooLate", purged.tooLate());
        ArrayNode unknown = json.putArray("unknown");
        purged.unknown().stream().sorted().forEach(id -> unknown.add(id.value()));
        ObjectNode others = json.putObject("others");
        purged.others().forEach((sender, count) -> others.put(sender.value(), count));
        ArrayNode requests = json.putArray("requests");
        purged.requests().forEach(id -> requests.add(id.value()));
        json.put("more", purged.more());
        return json;
    }
}
