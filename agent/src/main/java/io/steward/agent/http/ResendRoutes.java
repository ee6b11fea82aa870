package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Sending messages again that were sent once.
final class ResendRoutes {
    private final Outbox outbox;
    private final Journal journal;

    ResendRoutes(Outbox outbox, Journal journal) {
        this.outbox = outbox;
        this.journal = journal;
    }

    List<Route> routes() {
        return List.of(
                Route.post(Role.OPERATOR, "/v1/messages/{id}/resend", this::resendOne),
                Route.post(Role.OPERATOR, "/v1/resend", this::resendLines));
    }

    /// `POST /v1/messages/{id}/resend`: the same message under a new id.
    private void resendOne(Call call) throws SubmitException, InterruptedException {
        MessageId id = call.path("id", MessageId::new);
        Message message =
                journal.sent(id)
                        .map(SentMessage::message)
                        .or(() -> journal.received(id).map(ReceivedMessage::message))
                        .orElseThrow(() -> Outcomes.unknown(id));
        call.answer(202, Views.ids(outbox.resend(List.of(message))));
    }

    /// `POST /v1/resend`: lines of a processed log, or envelopes, one per line; all or none.
    private void resendLines(Call call) throws IOException, InterruptedException, SubmitException {
        byte[] body = call.body("application/x-ndjson", "application/json").bytes();
        List<Message> messages = new ArrayList<>();
        int number = 0;
        for (String line : new String(body, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                messages.add(message(line, number));
            }
            if (messages.size() > Limits.MAX_MESSAGES) {
                throw Problem.badRequest(
                        "More than %d lines: send them in parts".formatted(Limits.MAX_MESSAGES));
            }
        }
        if (messages.isEmpty()) {
            throw Problem.badRequest(
                    "There is no line in the body: expected lines of a processed log");
        }
        call.answer(202, Views.ids(outbox.resend(messages)));
    }

    /// @throws Problem with the number of the line if it is neither
    static Message message(String line, int number) {
        try {
            JsonNode json = Json.read(line.getBytes(StandardCharsets.UTF_8));
            JsonNode envelope = json.has("message") ? json.get("message") : json;
            Message message = Envelope.decode(envelope.toString().getBytes(StandardCharsets.UTF_8));
            if (message.subject().isAck()) {
                throw new InputException(
                        number, 1, null, "an ACK cannot be sent again: leave the line out", false);
            }
            return message;
        } catch (IOException e) {
            throw Problem.badInput(
                    new InputException(
                            number, 1, null, "the line is no JSON: " + e.getMessage(), false));
        } catch (InputException e) {
            throw Problem.badInput(new InputException(number, 1, e.field(), e.problem(), false));
        }
    }
}
