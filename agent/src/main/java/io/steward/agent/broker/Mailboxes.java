package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ReplayPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The streams and consumers that are mailboxes: makes what is missing, and never changes what
/// there is.
final class Mailboxes {
    static final Duration ACK_WAIT = Duration.ofSeconds(30);
    static final int MAX_ACK_PENDING = 1_000;

    private final MailboxSettings limits;

    Mailboxes(MailboxSettings limits) {
        this.limits = limits;
    }

    static String stream(NodeName node) {
        return "STEWARD_NODE_" + node;
    }

    static List<String> subjects(NodeName node) {
        return List.of(node + ".command.*.*", node + ".event.*.*");
    }

    /// @throws BrokerException if it cannot be made, or differs; the message names each difference
    void ensure(Session session, NodeName node) throws BrokerException {
        String doing = "making the mailbox of " + node;
        try {
            JetStreamManagement api = session.management();
            List<String> differences = differences(stream(api, node), node);
            differences.addAll(differences(consumer(api, node)));
            if (!differences.isEmpty()) {
                throw new BrokerException(
                        BrokerException.Kind.DIFFERS,
                        "mailbox of %s, stream %s: %s. It was made with other settings: set those with which it was made, or change the stream with a NATS client; see docs/troubleshooting.md"
                                .formatted(node, stream(node), String.join("; ", differences)));
            }
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw session.refusal(doing, e);
        }
    }

    private StreamConfiguration stream(JetStreamManagement api, NodeName node)
            throws IOException, JetStreamApiException {
        StreamInfo there = info(api, node);
        if (there != null) {
            return there.getConfiguration();
        }
        try {
            return api.addStream(expected(node)).getConfiguration();
        } catch (JetStreamApiException e) {
            // somebody else was first, with other settings
            StreamInfo now =
                    e.getApiErrorCode() == Refusals.STREAM_NAME_IN_USE ? info(api, node) : null;
            if (now == null) {
                throw e;
            }
            return now.getConfiguration();
        }
    }

    private static @Nullable StreamInfo info(JetStreamManagement api, NodeName node)
            throws IOException, JetStreamApiException {
        try {
            return api.getStreamInfo(stream(node));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static ConsumerConfiguration consumer(JetStreamManagement api, NodeName node)
            throws IOException, JetStreamApiException {
        String stream = stream(node);
        try {
            return api.getConsumerInfo(stream, node.value()).getConsumerConfiguration();
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.CONSUMER_NOT_FOUND) {
                throw e;
            }
        }
        ConsumerInfo made = api.addOrUpdateConsumer(stream, expectedConsumer(node));
        return made.getConsumerConfiguration();
    }

    /// Makes the consumer of `node` anew: all that was not acknowledged is handed over again, the
    /// oldest first. The stream keeps it, as it is a work queue.
    static ConsumerInfo renewConsumer(Session session, NodeName node)
            throws IOException, JetStreamApiException {
        JetStreamManagement api = session.management();
        try {
            api.deleteConsumer(stream(node), node.value());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.CONSUMER_NOT_FOUND) {
                throw e;
            }
        }
        return api.addOrUpdateConsumer(stream(node), expectedConsumer(node));
    }

    private StreamConfiguration expected(NodeName node) {
        return StreamConfiguration.builder()
                .name(stream(node))
                .description("Mailbox of the Steward node " + node)
                .subjects(subjects(node))
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.WorkQueue)
                .discardPolicy(DiscardPolicy.New)
                .maxMessages(limits.maxMessages())
                .maxBytes(limits.maxBytes())
                .maxAge(limits.maxAge())
                .duplicateWindow(limits.duplicateWindow())
                .replicas(limits.replicas())
                .build();
    }

    private static ConsumerConfiguration expectedConsumer(NodeName node) {
        return ConsumerConfiguration.builder()
                .durable(node.value())
                .deliverPolicy(DeliverPolicy.All)
                .ackPolicy(AckPolicy.Explicit)
                .ackWait(ACK_WAIT)
                .maxDeliver(-1)
                .maxAckPending(MAX_ACK_PENDING)
                .build();
    }

    private List<String> differences(StreamConfiguration have, NodeName node) {
        Differences found = new Differences();
        found.compare("subjects", new TreeSet<>(have.getSubjects()), new TreeSet<>(subjects(node)));
        found.compare("storage", have.getStorageType(), StorageType.File);
        found.compare("retention", have.getRetentionPolicy(), RetentionPolicy.WorkQueue);
        found.compare("discard", have.getDiscardPolicy(), DiscardPolicy.New);
        found.compare("max messages", have.getMaxMsgs(), limits.maxMessages());
        found.compare("max bytes", have.getMaxBytes(), limits.maxBytes());
        found.compare("max age", have.getMaxAge(), limits.maxAge());
        // The duplicate window may be any: it saves work, no more. See
        // docs/decisions/published-again.md.
        found.compare("replicas", have.getReplicas(), limits.replicas());
        found.compare("max messages per subject", have.getMaxMsgsPerSubject(), -1L);
        found.compare("acknowledges publishers", !have.getNoAck(), true);
        found.compare("sealed", have.getSealed(), false);
        return found.all;
    }

    private static List<String> differences(ConsumerConfiguration have) {
        Differences found = new Differences();
        found.compare("consumer's ack policy", have.getAckPolicy(), AckPolicy.Explicit);
        found.compare("consumer's ack wait", have.getAckWait(), ACK_WAIT);
        found.compare("consumer's max deliver", have.getMaxDeliver(), -1L);
        found.compare(
                "consumer's max ack pending", have.getMaxAckPending(), (long) MAX_ACK_PENDING);
        found.compare("consumer's replay", have.getReplayPolicy(), ReplayPolicy.Instant);
        found.compare("consumer is for headers only", have.isHeadersOnly(), false);
        List<String> filters = have.getFilterSubjects();
        found.compare("consumer's filters", filters == null ? List.of() : filters, List.of());
        found.compare("consumer's deliver subject", have.getDeliverSubject(), null);
        return found.all;
    }

    private static final class Differences {
        final List<String> all = new ArrayList<>();

        void compare(String what, @Nullable Object have, @Nullable Object expected) {
            if (!Objects.equals(have, expected)) {
                all.add("%s is %s, expected %s".formatted(what, have, expected));
            }
        }
    }
}
