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
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Bucket] on JetStream: a bucket as NATS clients know it, but for one thing. It does not allow
/// direct reads, which any replica may answer, a late one too: who asks whether a name is still its
/// own must hear of the last write.
final class KeyValueBucket implements Bucket {
    private static final Logger LOG = LoggerFactory.getLogger(KeyValueBucket.class);
    private static final int PAGE = 500;

    private final Link link;
    private final Kind kind;
    private final int replicas;
    private final String stream;
    private final String keys;

    KeyValueBucket(Link link, Kind kind, int replicas) {
        this.link = link;
        this.kind = kind;
        this.replicas = replicas;
        this.stream = "KV_" + kind.bucket();
        this.keys = "$KV." + kind.bucket() + ".";
    }

    @Override
    public Optional<Row> find(String key) throws BrokerException {
        Session session = link.required();
        try {
            return find(session, key);
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NOT_FOUND) {
                throw refused(reading(key), e);
            }
        } catch (IOException | IllegalStateException e) {
            throw refused(reading(key), e);
        }
        make(session);
        return Optional.empty();
    }

    private Optional<Row> find(Session session, String key)
            throws IOException, JetStreamApiException {
        try {
            MessageInfo found = session.management().getLastMessage(stream, keys + key);
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
                                            .name(stream)
                                            .description(kind.description())
                                            .subjects(keys + ">")
                                            .storageType(StorageType.File)
                                            .discardPolicy(DiscardPolicy.New)
                                            .maxMessagesPerSubject(1)
                                            .maxBytes(kind.maxBytes())
                                            .allowRollup(true)
                                            .denyDelete(true)
                                            .allowDirect(false)
                                            .replicas(replicas)
                                            .build());
            LOG.info("made the bucket {}", kind.bucket());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NAME_IN_USE) { // else another was first
                throw refused("making the bucket " + kind.bucket(), e);
            }
        } catch (IOException | IllegalStateException e) {
            throw refused("making the bucket " + kind.bucket(), e);
        }
    }

    @Override
    public OptionalLong write(String key, byte[] value, long expected) throws BrokerException {
        Session session = link.required();
        // the last write of a key that was deleted by hand counts too
        Headers headers =
                new Headers()
                        .put(
                                "Nats-Expected-Last-Subject-Sequence",
                                Long.toString(expected == 0 ? deleted(session, key) : expected));
        try {
            PublishAck answer =
                    session.jetStream().publish(session.keyValue(keys + key), headers, value);
            return OptionalLong.of(answer.getSeqno());
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.WRONG_LAST_SEQUENCE) {
                return OptionalLong.empty();
            }
            throw notStored(key, e);
        } catch (IOException e) {
            throw session.isOpen() ? notStored(key, e) : refused(writing(key), e);
        } catch (IllegalStateException e) {
            throw refused(writing(key), e);
        }
    }

    private BrokerException notStored(String key, Exception e) {
        BrokerException refused = refused(writing(key), e);
        return new BrokerException(
                refused.kind(),
                refused.getMessage()
                        + ". It could be read, so the broker answers but does not store: see its"
                        + " disk and its limits",
                e);
    }

    private long deleted(Session session, String key) throws BrokerException {
        try {
            MessageInfo last = session.management().getLastMessage(stream, keys + key);
            byte[] data = last.getData();
            return data == null || data.length == 0 ? last.getSeq() : 0;
        } catch (JetStreamApiException e) {
            return 0; // there is none: the write says what is the matter
        } catch (IOException | IllegalStateException e) {
            throw refused(reading(key), e);
        }
    }

    @Override
    public Map<String, Row> all() throws BrokerException, InterruptedException {
        Map<String, Row> rows = new TreeMap<>();
        Session session = link.required();
        try {
            OrderedConsumerContext reading =
                    session.stream(stream)
                            .createOrderedConsumer(
                                    new OrderedConsumerConfiguration()
                                            .deliverPolicy(DeliverPolicy.LastPerSubject)
                                            .filterSubject(keys + ">"));
            while (page(reading, rows)) {
                // the next page
            }
            return rows;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return rows;
            }
            throw refused("reading the rows of " + kind.bucket(), e);
        } catch (IOException | IllegalStateException | JetStreamStatusCheckedException e) {
            throw refused("reading the rows of " + kind.bucket(), e);
        }
    }

    /// @return whether there may be more
    private boolean page(OrderedConsumerContext reading, Map<String, Row> rows)
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

    private void put(Map<String, Row> rows, Message message, byte[] data) {
        rows.put(
                message.getSubject().substring(keys.length()),
                new Row(
                        data,
                        message.metaData().streamSequence(),
                        message.metaData().timestamp().toInstant()));
    }

    private String reading(String key) {
        return "reading the row of %s in %s".formatted(key, kind.bucket());
    }

    private String writing(String key) {
        return "writing the row of %s in %s".formatted(key, kind.bucket());
    }

    private static BrokerException refused(String doing, Exception e) {
        return Refusals.of(doing, e);
    }
}
