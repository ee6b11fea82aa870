package io.steward.agent.outbox;

import io.steward.agent.journal.Schedules.Plan;
import io.steward.agent.schedule.Firing;
import io.steward.agent.schedule.ScheduledMessage;
import io.steward.messages.Envelope;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Schedule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/// Makes messages of what people wrote, and checks them against the limits. Thread-safe.
final class Drafts {
    private final NodeName node;
    private final MessageIds ids;
    private final InstantSource clock;
    private final BiFunction<MessageType, String, Optional<String>> defaultDomain;

    Drafts(
            NodeName node,
            MessageIds ids,
            InstantSource clock,
            BiFunction<MessageType, String, Optional<String>> defaultDomain) {
        this.node = node;
        this.ids = ids;
        this.clock = clock;
        this.defaultDomain = defaultDomain;
    }

    List<Message> draw(List<MessageRequest> requests) throws SubmitException {
        Instant now = clock.instant();
        List<Message> messages = new ArrayList<>();
        for (MessageRequest request : requests) {
            try {
                messages.addAll(request.messages(node, domain(request), ids::next, now));
            } catch (IllegalArgumentException e) {
                throw wrong(request, String.valueOf(e.getMessage()));
            }
            if (messages.size() > Limits.MAX_MESSAGES) {
                throw wrong(
                        request,
                        "more than %d messages in one input".formatted(Limits.MAX_MESSAGES));
            }
            check(request, messages.getLast());
        }
        return messages;
    }

    /// The schedules of those requests that have one.
    ///
    /// @throws SubmitException if one of them would never fire, or what it sends cannot be accepted
    List<Plan> plan(List<MessageRequest> requests) throws SubmitException {
        Instant now = clock.instant();
        Map<String, Plan> plans = new LinkedHashMap<>();
        for (MessageRequest request : requests) {
            Schedule schedule = request.schedule();
            if (schedule == null) {
                continue;
            }
            String name = schedule.name() == null ? nextId().value() : schedule.name();
            ScheduledMessage scheduled = new ScheduledMessage(request.on(schedule.named(name)));
            Firing first = new Firing(now, now, now.plus(Message.DEFAULT_EXPIRY));
            var _ = draw(scheduled.requests(List.of(first)));
            try {
                if (plans.put(name, scheduled.plan(node, now)) != null) {
                    throw wrong(
                            request,
                            "schedule.name: \"%s\" stands twice in the input".formatted(name));
                }
            } catch (IllegalArgumentException e) {
                throw wrong(request, String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(plans.values());
    }

    List<Message> again(List<Message> messages) throws SubmitException {
        Instant now = clock.instant();
        List<Message> copies = new ArrayList<>();
        for (Message message : messages) {
            if (message.subject().isAck()) {
                throw new SubmitException(
                        "message %s is an ACK; only commands and events can be sent again"
                                .formatted(message.id()),
                        true,
                        null);
            }
            Message copy = message.again(ids.next(), now);
            copies.add(message.from().equals(node) ? copy : copy.from(node));
        }
        return copies;
    }

    MessageId nextId() {
        return ids.next();
    }

    private String domain(MessageRequest request) throws SubmitException {
        if (request.domain() != null) {
            return request.domain();
        }
        return defaultDomain
                .apply(request.type(), request.method())
                .orElseThrow(() ->
                        wrong(
                                request,
                                "domain: missing, and this agent does not know the %s \"%s\" and so not its default domain; name one"
                                        .formatted(request.type(), request.method())));
    }

    private static void check(MessageRequest request, Message message) throws SubmitException {
        int size = Envelope.encode(message).length;
        if (size > Limits.MAX_MESSAGE_BYTES) {
            throw wrong(
                    request,
                    "the message would have %d bytes; at most %d are allowed"
                            .formatted(size, Limits.MAX_MESSAGE_BYTES));
        }
    }

    private static SubmitException wrong(MessageRequest request, String problem) {
        String place =
                request.line() > 0
                        ? "line %d, column %d: ".formatted(request.line(), request.column())
                        : "";
        return new SubmitException(place + problem, true, null);
    }
}
