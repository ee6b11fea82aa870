package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.StreamState;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks into mailboxes, and takes messages back out of them.
final class Inspection {
    /// Up to so many gaps are asked for in one answer; where there are more, each message is asked
    /// for.
    private static final long MAX_GAPS = 50_000;

    /// A consumer made so much later than its stream may have had a predecessor, and what that one
    /// handed over is not known.
    private static final Duration MADE_TOGETHER = Duration.ofSeconds(5);

    private final Link link;
    private final BrokerClock clock;

    Inspection(Link link, BrokerClock clock) {
        this.link = link;
        this.clock = clock;
    }

    Broker.Look look(NodeName node, Collection<Long> sequences) throws BrokerException {
        try {
            Session session = link.required();
            JetStreamManagement api = session.management();
            String name = Mailboxes.stream(node);
            Instant asked = Instant.now();
            StreamInfo stream = info(api, name, null);
            JetStreamManagement elsewhere = stream == null ? session.elsewhere(name) : null;
            if (elsewhere != null) {
                api = elsewhere;
                asked = Instant.now();
                stream = info(api, name, null);
            }
            if (stream != null && stream.getTimestamp() != null) {
                clock.heard(stream.getTimestamp().toInstant(), asked, Instant.now());
            }
            if (stream == null) {
                return new Broker.Look(false, null, Set.of(), Long.MAX_VALUE, 0);
            }
            Set<Long> present = present(api, name, stream.getStreamState(), sequences);
            return new Broker.Look(
                    true,
                    stream.getCreateTime().toInstant(),
                    present,
                    firstUndelivered(api, node, stream.getCreateTime()),
                    stream.getStreamState().getMsgCount());
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw Refusals.of("looking into the mailbox of " + node, e);
        }
    }

    private static @Nullable StreamInfo info(
            JetStreamManagement api, String name, @Nullable StreamInfoOptions options)
            throws IOException, JetStreamApiException {
        try {
            return api.getStreamInfo(name, options);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static Set<Long> present(
            JetStreamManagement api, String name, StreamState state, Collection<Long> sequences)
            throws IOException, JetStreamApiException {
        Set<Long> found = new HashSet<>();
        for (long sequence : sequences) {
            if (state.getMsgCount() > 0
                    && sequence >= state.getFirstSequence()
                    && sequence <= state.getLastSequence()) {
                found.add(sequence);
            }
        }
        if (found.isEmpty() || state.getDeletedCount() == 0) {
            return found;
        }
        if (state.getDeletedCount() <= MAX_GAPS) {
            StreamInfo detailed = info(api, name, StreamInfoOptions.deletedDetails());
            if (detailed == null) {
                return Set.of();
            }
            // by now more may be gone, at the front too
            StreamState now = detailed.getStreamState();
            found.removeIf(sequence -> now.getMsgCount() == 0 || sequence < now.getFirstSequence());
            now.getDeleted().forEach(found::remove);
            return found;
        }
        Set<Long> asked = new HashSet<>();
        for (long sequence : found) {
            if (message(api, name, sequence) != null) {
                asked.add(sequence);
            }
        }
        return asked;
    }

    private static @Nullable MessageInfo message(
            JetStreamManagement api, String name, long sequence)
            throws IOException, JetStreamApiException {
        try {
            return api.getMessage(name, sequence);
        } catch (JetStreamApiException e) {
            return switch (e.getApiErrorCode()) {
                case Refusals.MESSAGE_NOT_FOUND, Refusals.STREAM_NOT_FOUND -> null;
                default -> throw e;
            };
        }
    }

    private static @Nullable ConsumerInfo consumer(JetStreamManagement api, NodeName node)
            throws IOException, JetStreamApiException {
        try {
            return api.getConsumerInfo(Mailboxes.stream(node), node.value());
        } catch (JetStreamApiException e) {
            return switch (e.getApiErrorCode()) {
                case Refusals.CONSUMER_NOT_FOUND, Refusals.STREAM_NOT_FOUND -> null;
                default -> throw e;
            };
        }
    }

    private static long firstUndelivered(
            JetStreamManagement api, NodeName node, ZonedDateTime streamMade)
            throws IOException, JetStreamApiException {
        ConsumerInfo consumer = consumer(api, node);
        if (consumer == null
                || consumer.getCreationTime().isAfter(streamMade.plus(MADE_TOGETHER))) {
            return Long.MAX_VALUE;
        }
        return consumer.getDelivered().getStreamSequence() + 1;
    }

    /// Takes a message out if the consumer was never handed it. It is certain only if that still
    /// holds after the deletion, by the same consumer, which is older than the message.
    boolean takeBack(NodeName node, long sequence) throws BrokerException {
        try {
            Session session = link.required();
            String name = Mailboxes.stream(node);
            JetStreamManagement elsewhere = session.elsewhere(name);
            JetStreamManagement api =
                    elsewhere != null && info(session.management(), name, null) == null
                            ? elsewhere
                            : session.management();
            MessageInfo message = message(api, name, sequence);
            if (message == null) {
                return false;
            }
            ConsumerInfo before = consumer(api, node);
            if (before == null || before.getDelivered().getStreamSequence() >= sequence) {
                return false;
            }
            ZonedDateTime stored = message.getTime();
            if (stored == null || before.getCreationTime().isAfter(stored)) {
                return false;
            }
            if (!api.deleteMessage(name, sequence, false)) {
                return false;
            }
            ConsumerInfo after = consumer(api, node);
            return after != null
                    && after.getCreationTime().equals(before.getCreationTime())
                    && after.getDelivered().getStreamSequence() < sequence;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.MESSAGE_NOT_FOUND
                    || e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return false; // gone between the look and the deletion
            }
            throw Refusals.of("taking message %d back from %s".formatted(sequence, node), e);
        } catch (IOException | IllegalStateException e) {
            throw Refusals.of("taking message %d back from %s".formatted(sequence, node), e);
        }
    }
}
