package io.steward.agent.inbox;

import io.steward.agent.method.Methods;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.policy.Admission;
import io.steward.messages.Ack;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Reply;
import io.steward.messages.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes the copy of a result that a message's `reply` asks for: a message of its own, to any
/// method of any node, whose last argument is what was printed, and where it has not succeeded also
/// what was printed on stderr, and the reason. Thread-safe.
final class Replies {
    private static final int MAX_TEXT = 500_000;

    private final MessageOutbox outbox;
    private final Methods methods;
    private final Admission admission;

    Replies(MessageOutbox outbox, Methods methods, Admission admission) {
        this.admission = admission;
        this.outbox = outbox;
        this.methods = methods;
    }

    private static String text(Ack outcome) {
        if (outcome.state() == State.SUCCEEDED) {
            return outcome.stdout().first(MAX_TEXT).text();
        }
        String reason = outcome.reason();
        return Stream.of(
                        outcome.stdout().first(MAX_TEXT / 2).text(),
                        outcome.stderr().first(MAX_TEXT / 2).text(),
                        reason == null ? outcome.state().word() : reason)
                .map(String::stripTrailing)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    /// What the policy does not want has no reply either: that would be sent under this node's
    /// name.
    private boolean isAllowed(Message message, Ack outcome) {
        try {
            return admission.decide(message).allowed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcome.state() != State.REFUSED; // why: then it was allowed when it began
        }
    }

    List<Message> of(Message message, Ack outcome) throws SubmitException {
        Reply reply = message.reply();
        if (reply == null || !isAllowed(message, outcome)) {
            return List.of();
        }
        boolean isCommand =
                methods.find(MessageType.EVENT, reply.method()).isEmpty()
                        && methods.find(MessageType.COMMAND, reply.method()).isPresent();
        List<String> data = new ArrayList<>(reply.data());
        data.add(text(outcome));
        return outbox.draft(
                new MessageRequest(
                        0,
                        0,
                        List.of(reply.toNode()),
                        isCommand ? MessageType.COMMAND : MessageType.EVENT,
                        reply.method(),
                        reply.domain(),
                        data,
                        Message.DEFAULT_ACK_TIMEOUT,
                        0,
                        null,
                        new Expiry.After(Message.DEFAULT_EXPIRY),
                        true,
                        OnInterrupt.AUTO,
                        Message.DEFAULT_MAX_ATTEMPTS,
                        null,
                        Map.of("replyTo", message.id().value(), "state", outcome.state().word()),
                        false,
                        null));
    }
}
