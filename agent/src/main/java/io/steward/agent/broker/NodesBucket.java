package io.steward.agent.broker;

import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [NodeRows] on JetStream: a bucket as NATS clients know it, but for one thing. It does not allow
/// direct reads, which any replica may answer, a late one too: who asks whether a name is still its
/// own must hear of the last write.
final class NodesBucket implements NodeRows {
    private static final Logger LOG = LoggerFactory.getLogger(NodesBucket.class);
    static final String STREAM = "KV_STEWARD_NODES";
    private static final String KEYS = "$KV.STEWARD_NODES.";
    private static final long MAX_BYTES = 64L << 20;
    private static final int PAGE = 500;

    private final Link link;
    private final int replicas;

    NodesBucket(Link link, int replicas) {
        this.link = link;
        this.replicas = replicas;
    }

    @Override
    public Optional<Row> find(NodeName node) throws BrokerException {
        Session session = link.required();
        try {
            return find(session, node);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NOT_FOUND) {
                throw refused("reading the row of " + node, e);
            }
        } catch (IOException | IllegalStateException e) {
            throw refused("reading the row of " + node, e);
        }
        make(session);
        return Optional.empty();
    }

    private static Optional<Row> find(Session session, NodeName node)
            throws IOException, JetStreamApiException {
        try {
            MessageInfo found = session.management().getLastMessage(STREAM, KEYS + node);
            byte[] data = found.getData();
            return found.getTime() == null || data == null || data.length == 0
                    ? Optional.empty()
                    : Optional.of(new Row(data, found.getSeq(), found.getTime().toInstant()));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.MESSAGE_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void make(Session session) throws BrokerException {
        try {
            var _ =
                    session.management()
                            .addStream(
                                    StreamConfiguration.builder()
                                            .name(STREAM)
                                            .description(
                                                    "What each Steward node is, and who has its"
                                                            + " name")
                                            .subjects(KEYS + ">")
                                            .storageType(StorageType.File)
                                            .discardPolicy(DiscardPolicy.New)
                                            .maxMessagesPerSubject(1)
                                            .maxBytes(MAX_BYTES)
                                            .allowRollup(true)
                                            .denyDelete(true)
                                            .allowDirect(false)
                                            .replicas(replicas)
                                            .build());
            LOG.info("made the bucket STEWARD_NODES");
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NAME_IN_USE) { // else another was first
                throw refused("making the bucket STEWARD_NODES", e);
            }
        } catch (IOException | IllegalStateException e) {
            throw refused("making the bucket STEWARD_NODES", e);
        }
    }

    @Override
    public OptionalLong write(NodeName node, byte[] value, long expected) throws BrokerException {
        Session session = link.required();
        // the last write of a key that was deleted by hand counts too
        Headers headers =
                new Headers()
                        .put(
                                "Nats-Expected-Last-Subject-Sequence",
                                Long.toString(expected == 0 ? deleted(session, node) : expected));
        try {
            PublishAck answer =
                    session.jetStream().publish(session.keyValue(KEYS + node), headers, value);
            return OptionalLong.of(answer.getSeqno());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.WRONG_LAST_SEQUENCE) {
                return OptionalLong.empty();
            }
            throw notStored(node, e);
        } catch (IOException e) {
            throw session.isOpen() ? notStored(node, e) : refused("writing the row of " + node, e);
        } catch (IllegalStateException e) {
            throw refused("writing the row of " + node, e);
        }
    }

    private static BrokerException notStored(NodeName node, Exception e) {
        BrokerException refused = refused("writing the row of " + node, e);
        return new BrokerException(
                refused.kind(),
                refused.getMessage()
                        + ". It could be read, so the broker answers but does not store: see its"
                        + " disk and its limits",
                e);
    }

    private static long deleted(Session session, NodeName node) throws BrokerException {
        try {
            MessageInfo last = session.management().getLastMessage(STREAM, KEYS + node);
            byte[] data = last.getData();
            return data == null || data.length == 0 ? last.getSeq() : 0;
        } catch (JetStreamApiException e) {
            return 0; // there is none: the write says what is the matter
        } catch (IOException | IllegalStateException e) {
            throw refused("reading the row of " + node, e);
        }
    }

    @Override
    public Map<NodeName, Row> all() throws BrokerException, InterruptedException {
        Map<NodeName, Row> rows = new TreeMap<>();
        Session session = link.required();
        try {
            OrderedConsumerContext reading =
                    session.stream(STREAM)
                            .createOrderedConsumer(
                                    new OrderedConsumerConfiguration()
                                            .deliverPolicy(DeliverPolicy.LastPerSubject)
                                            .filterSubject(KEYS + ">"));
            while (page(reading, rows)) {
                // the next page
            }
            return rows;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return rows;
            }
            throw refused("reading the rows of all nodes", e);
        } catch (IOException | IllegalStateException | JetStreamStatusCheckedException e) {
            throw refused("reading the rows of all nodes", e);
        }
    }

    /// @return whether there may be more
    private static boolean page(OrderedConsumerContext reading, Map<NodeName, Row> rows)
            throws IOException,
                    JetStreamApiException,
                    JetStreamStatusCheckedException,
                    InterruptedException {
        FetchConsumeOptions now = FetchConsumeOptions.builder().maxMessages(PAGE).noWait().build();
        FetchConsumer fetch = reading.fetch(now);
        @Nullable Message message = fetch.nextMessage();
        long pending = 0;
        while (message != null) {
            byte[] data = message.getData();
            pending = message.metaData().pendingCount();
            if (data != null && data.length > 0) {
                put(rows, message, data);
            }
            message = fetch.nextMessage();
        }
        return pending > 0;
    }

    private static void put(Map<NodeName, Row> rows, Message message, byte[] data) {
        String key = message.getSubject().substring(message.getSubject().lastIndexOf('.') + 1);
        try {
            rows.put(
                    new NodeName(key),
                    new Row(
                            data,
                            message.metaData().streamSequence(),
                            message.metaData().timestamp().toInstant()));
        } catch (IllegalArgumentException e) {
            LOG.debug("the bucket STEWARD_NODES has a key that is no node: {}", key);
        }
    }

    private static BrokerException refused(String doing, Exception e) {
        return Refusals.of(doing, e);
    }
}
