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
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks into mailboxes.
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
            long asked = clock.asking();
            StreamInfo stream = info(api, name, null);
            JetStreamManagement elsewhere = stream == null ? session.elsewhere(name) : null;
            if (elsewhere != null) {
                api = elsewhere;
                asked = clock.asking();
                stream = info(api, name, null);
            }
            if (stream != null && stream.getTimestamp() != null) {
                clock.heard(stream.getTimestamp().toInstant(), asked);
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

    /// The JetStream that has this stream: this agent's, or that of another domain.
    static JetStreamManagement where(Session session, String stream)
            throws IOException, JetStreamApiException {
        JetStreamManagement elsewhere = session.elsewhere(stream);
        return elsewhere != null && info(session.management(), stream, null) == null
                ? elsewhere
                : session.management();
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

    static @Nullable MessageInfo message(JetStreamManagement api, String name, long sequence)
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

    static @Nullable ConsumerInfo consumer(JetStreamManagement api, NodeName node)
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
}
