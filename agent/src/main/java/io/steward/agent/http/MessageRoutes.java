package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.fleet.Roster;
import io.steward.agent.journal.Journal;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.Outbox.Cancelling;
import io.steward.agent.outbox.Outbox.Submitted;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.InputDecoder;
import io.steward.messages.InputDecoder.Format;
import io.steward.messages.InputException;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Sending messages, asking what became of one, cancelling it.
final class MessageRoutes {
    static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int MOST_IDS = 10_000;
    private static final int LONGEST_KEY = 200;

    private final Outbox outbox;
    private final Journal journal;
    private final Outcomes outcomes;
    private final Receivers receivers;
    private final Roster roster;

    MessageRoutes(
            Outbox outbox, Journal journal, Outcomes outcomes, Receivers receivers, Roster roster) {
        this.roster = roster;
        this.outbox = outbox;
        this.journal = journal;
        this.outcomes = outcomes;
        this.receivers = receivers;
    }

    List<Route> routes() {
        return List.of(
                Route.post(Role.OPERATOR, "/v1/messages", this::send, "wait"),
                Route.post(Role.VIEWER, "/v1/messages/outcomes", this::outcomes, "wait"),
                Route.get(Role.VIEWER, "/v1/messages/{id}", this::show, "wait"),
                Route.delete(Role.OPERATOR, "/v1/messages/{id}", this::cancel));
    }

    /// `POST /v1/messages`: accepts messages as they are written in inmsg.txt.
    private void send(Call call)
            throws IOException, InterruptedException, InputException, SubmitException {
        Optional<Duration> wait =
                call.query("wait", ignored -> call.await(Duration.ZERO, LONGEST_WAIT));
        Bodies.Body body = call.body("application/json", "application/yaml");
        Format format = body.contentType().endsWith("yaml") ? Format.YAML : Format.JSON;
        List<MessageRequest> requests = InputDecoder.decode(body.bytes(), format);
        if (requests.isEmpty()) {
            throw Problem.badRequest(
                    "There is no message in the body: expected one as in inmsg.txt, {\"toNode\":"
                            + " ...}");
        }
        Submitted submitted = outbox.submit(key(call.header("Idempotency-Key")), requests);
        ObjectNode answer =
                wait.isPresent()
                        ? outcomes.await(submitted.ids(), Outcomes.Until.ALL, wait.get())
                        : Views.ids(submitted.ids());
        if (!submitted.schedules().isEmpty()) {
            answer.set("schedules", ScheduleViews.accepted(submitted.schedules()));
            FleetViews.unknown(answer, roster.unknown(scheduled(requests)));
        }
        call.answer(wait.isPresent() ? 200 : 202, answer);
    }

    private static Set<NodeName> scheduled(List<MessageRequest> requests) {
        return requests.stream()
                .filter(request -> request.schedule() != null)
                .flatMap(request -> request.toNodes().stream())
                .collect(Collectors.toSet());
    }

    private static @Nullable String key(@Nullable String header) {
        if (header == null) {
            return null;
        }
        if (header.isBlank() || header.length() > LONGEST_KEY) {
            throw Problem.badRequest(
                    "Idempotency-Key has %d characters: expected 1 to %d"
                            .formatted(header.length(), LONGEST_KEY));
        }
        return "http:" + header;
    }

    /// `POST /v1/messages/outcomes {"ids": [...]}`: how several messages are, as soon as one of
    /// them has ended or the time is over. For those who wait for many: ask again for the rest.
    private void outcomes(Call call) throws IOException, InterruptedException {
        List<MessageId> ids = new ArrayList<>();
        JsonNode array = call.jsonBody("ids").path("ids");
        if (!array.isArray() || array.isEmpty() || array.size() > MOST_IDS) {
            throw Problem.badRequest(
                    "ids: expected an array of 1 to %d message ids".formatted(MOST_IDS));
        }
        for (JsonNode id : array) {
            ids.add(id(id.asText()));
        }
        Duration wait = call.await(Duration.ZERO, LONGEST_WAIT);
        call.answer(200, outcomes.await(ids, Outcomes.Until.ONE, wait));
    }

    private static MessageId id(String text) {
        try {
            return new MessageId(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("ids: " + e.getMessage());
        }
    }

    /// `GET /v1/messages/{id}`: one message with every change of its state; one that came here if
    /// none with that id was sent from here.
    private void show(Call call) throws InterruptedException {
        MessageId id = call.path("id", MessageId::new);
        Duration wait = call.await(Duration.ZERO, LONGEST_WAIT);
        if (journal.sent(id).isPresent()) {
            JsonNode found = outcomes.await(List.of(id), Outcomes.Until.ALL, wait);
            JsonNode message = found.path("messages").path(0);
            if (message instanceof ObjectNode open && !open.path("ended").asBoolean()) {
                open.set("receiver", receivers.of(new NodeName(open.path("node").asText())));
            }
            call.answer(200, message);
        } else {
            call.answer(
                    200,
                    journal.received(id)
                            .map(Views::received)
                            .orElseThrow(() -> Outcomes.unknown(id)));
        }
    }

    /// `DELETE /v1/messages/{id}`: cancels it; says whether it was queued, or its node has been
    /// asked, or it had ended.
    private void cancel(Call call) throws InterruptedException, SubmitException {
        MessageId id = call.path("id", MessageId::new);
        call.audit("cancel", id.value(), null);
        Cancelling cancelling = outbox.cancel(id).orElseThrow(() -> Outcomes.unknown(id));
        ObjectNode json = Json.object().put("id", id.value());
        switch (cancelling) {
            case Cancelling.Done done -> call.answer(200, json.put("result", "cancelled"));
            case Cancelling.Asked asked ->
                    call.answer(
                            202,
                            json.put("result", "asked").put("request", asked.request().value()));
            case Cancelling.TooLate tooLate -> {
                json.put("result", "too-late");
                json.set("message", Views.sent(tooLate.ended(), outbox::problem));
                call.answer(409, json);
            }
        }
    }
}
