package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.fleet.Broadcasts;
import io.steward.agent.fleet.Broadcasts.Taken;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.Notice;
import io.steward.agent.journal.JournalException;
import io.steward.agent.target.TargetException;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Notices: what is told to many nodes at once, and what this one was told.
final class BroadcastRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Fleet fleet;
    private final Broadcasts broadcasts;
    private final Gate gate;

    BroadcastRoutes(Fleet fleet, Gate gate) {
        this.fleet = fleet;
        this.broadcasts = fleet.broadcasts();
        this.gate = gate;
    }

    List<Route> routes() {
        return List.of(
                Route.post(Role.OPERATOR, "/v1/broadcasts", this::say),
                Route.get(
                        Role.VIEWER,
                        "/v1/broadcasts",
                        this::heard,
                        "topic",
                        "after",
                        "limit",
                        "wait"));
    }

    /// `POST /v1/broadcasts {"topic", "data", "target" | "ofRun"}`: tells all nodes, or those that
    /// are meant.
    private void say(Call call) throws IOException, InterruptedException {
        JsonNode body = call.jsonBody("topic", "data", "target", "ofRun", "missing");
        String topic = text(body.path("topic"), "topic", null);
        var _ = text(body.path("target"), "target", "");
        Selection selection = Selection.of(body);
        selection.check(fleet);
        String target = selection.expression(fleet);
        List<String> data = new ArrayList<>();
        if (!body.path("data").isArray() && !body.path("data").isMissingNode()) {
            throw Problem.badRequest("data: expected an array of texts");
        }
        for (JsonNode each : body.path("data")) {
            data.add(text(each, "data[%d]".formatted(data.size()), null));
        }
        try {
            call.audit("notice", topic, target);
            MessageId id = broadcasts.say(topic, data, target);
            call.answer(202, Json.object().put("id", id.value()));
        } catch (TargetException e) {
            throw FleetRoutes.badTarget(e);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        } catch (BrokerException e) {
            throw Problem.busy("the groups of the target cannot be read: " + e.getMessage());
        } catch (JournalException e) {
            if (e.kind() != JournalException.Kind.QUEUE_FULL) {
                throw e;
            }
            throw new Problem(429, "Too many notices wait", String.valueOf(e.getMessage()));
        }
    }

    /// @param byDefault null if it has to be given
    private static String text(JsonNode json, String field, @Nullable String byDefault) {
        if (json.isMissingNode() && byDefault != null) {
            return byDefault;
        }
        if (!json.isTextual()) {
            throw Problem.badRequest(
                    "%s: %s, expected text"
                            .formatted(field, json.isMissingNode() ? "is missing" : json));
        }
        return json.asText();
    }

    /// `GET /v1/broadcasts`: what this node was told, behind the number `after` or the newest;
    /// `next` is `after` of the next request, which waits when there is nothing yet.
    private void heard(Call call) throws InterruptedException {
        String topic = call.query("topic", BroadcastRoutes::topic).orElse(null);
        Optional<Long> after = call.query("after", Long::valueOf);
        int limit = call.number("limit", PAGE, LARGEST_PAGE);
        long newest = after.isPresent() ? after.get() : broadcasts.newest();
        List<Taken> taken =
                after.isPresent()
                        ? behind(topic, after.get(), limit, call.await(Duration.ZERO, LONGEST_WAIT))
                        : broadcasts.last(topic, limit);
        ObjectNode json = Json.object();
        ArrayNode notices = json.putArray("notices");
        taken.forEach(each -> notices.add(notice(each)));
        json.put("next", taken.isEmpty() ? newest : Math.max(newest, taken.getLast().number()));
        call.answer(200, json);
    }

    private static String topic(String text) {
        try {
            return Notice.checkTopic(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private List<Taken> behind(@Nullable String topic, long after, int limit, Duration wait)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            long ticket = gate.ticket();
            List<Taken> taken = broadcasts.after(topic, after, limit);
            if (!taken.isEmpty() || !gate.passed(ticket, deadline)) {
                return taken;
            }
        }
    }

    private static ObjectNode notice(Taken taken) {
        Notice notice = taken.notice();
        ObjectNode json = Json.object();
        json.put("number", taken.number());
        json.put("id", notice.id().value());
        json.put("from", notice.from().value());
        json.put("topic", notice.topic());
        notice.data().forEach(json.putArray("data")::add);
        json.put("target", notice.target());
        json.put("createdAt", Json.time(notice.createdAt()));
        json.put("takenAt", Json.time(taken.at()));
        return json;
    }
}
