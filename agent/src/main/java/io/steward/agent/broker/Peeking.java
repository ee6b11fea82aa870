package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads mailboxes message by message, past their consumers.
final class Peeking {
    private final Link link;

    Peeking(Link link) {
        this.link = link;
    }

    Peek peek(NodeName node, @Nullable String method, long from, int limit) throws BrokerException {
        String stream = Mailboxes.stream(node);
        String filter = node + ".*." + (method == null ? "*" : method) + ".*";
        try {
            JetStreamManagement api = link.required().management();
            StreamInfo info = info(api, stream, filter);
            if (info == null) {
                return new Peek(false, 0, List.of(), 0);
            }
            long total =
                    method == null
                            ? info.getStreamState().getMsgCount()
                            : info.getStreamState().getSubjects().stream()
                                    .mapToLong(Subject::getCount)
                                    .sum();
            if (total == 0) {
                return new Peek(true, 0, List.of(), 0);
            }
            ConsumerInfo consumer = Inspection.consumer(api, node);
            long delivered = consumer == null ? 0 : consumer.getDelivered().getStreamSequence();
            List<Peek.Item> items = new ArrayList<>();
            long at = Math.max(from, info.getStreamState().getFirstSequence());
            while (items.size() < limit) {
                MessageInfo message = next(api, stream, at, filter);
                if (message == null) {
                    return new Peek(true, total, List.copyOf(items), 0);
                }
                items.add(item(message, delivered));
                at = message.getSeq() + 1;
            }
            boolean last = at > info.getStreamState().getLastSequence();
            return new Peek(true, total, List.copyOf(items), last ? 0 : at);
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw Refusals.of("looking through the mailbox of " + node, e);
        }
    }

    private static Peek.Item item(MessageInfo message, long delivered) {
        byte[] payload = message.getData();
        return new Peek.Item(
                message.getSeq(),
                Objects.requireNonNullElse(message.getSubject(), ""),
                payload == null ? new byte[0] : payload,
                message.getTime() == null ? Instant.EPOCH : message.getTime().toInstant(),
                message.getSeq() <= delivered);
    }

    private static @Nullable StreamInfo info(JetStreamManagement api, String stream, String filter)
            throws IOException, JetStreamApiException {
        try {
            return api.getStreamInfo(stream, StreamInfoOptions.filterSubjects(filter));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static @Nullable MessageInfo next(
            JetStreamManagement api, String stream, long from, String filter)
            throws IOException, JetStreamApiException {
        try {
            return api.getNextMessage(stream, from, filter);
        } catch (JetStreamApiException e) {
            return switch (e.getApiErrorCode()) {
                case Refusals.MESSAGE_NOT_FOUND, Refusals.STREAM_NOT_FOUND -> null;
                default -> throw e;
            };
        }
    }
}
