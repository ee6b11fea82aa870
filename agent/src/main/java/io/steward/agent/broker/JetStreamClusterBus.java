package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.steward.agent.identity.Signing;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [ClusterBus] on JetStream, without consumers: a message is read by its sequence, from the one
/// server that also takes the writes. Who has told something says so on a plain subject once it is
/// stored; a copy of the message itself would reach a reader before it can be read.
final class JetStreamClusterBus implements ClusterBus {
    static final String STREAM = "STEWARD_CLUSTERBUS";
    private static final Logger LOG = LoggerFactory.getLogger(JetStreamClusterBus.class);
    private static final String PREFIX = "clusterbus.";
    private static final String TOLD = PREFIX + "told.";
    private static final Duration MAX_AGE = Duration.ofDays(7);
    private static final Duration DUPLICATES = Duration.ofMinutes(2);
    private static final long MAX_BYTES = 256L << 20;
    private static final int MAX_MESSAGE = 256 << 10;

    private final Link link;
    private final Talk talk;
    private final int replicas;
    private final @Nullable Signing signing;

    /// The session over which the stream was seen last.
    private volatile long seenOver;

    /// @param signing null to sign nothing
    JetStreamClusterBus(Link link, Talk talk, int replicas, @Nullable Signing signing) {
        this.signing = signing;
        this.link = link;
        this.talk = talk;
        this.replicas = replicas;
    }

    @Override
    public void tell(Kind kind, NodeName from, String id, byte[] payload) throws BrokerException {
        Session session = link.required();
        // why: where anybody listens on the subject, the broker does not say that there is no
        // stream
        if (seenOver != session.number()) {
            var _ = state();
        }
        String subject = ClusterBus.subject(kind, from);
        Headers headers = new Headers().put("Nats-Msg-Id", id).put("Nats-Expected-Stream", STREAM);
        if (signing != null) {
            signing.headers(subject, payload).forEach((name, value) -> headers.put(name, value));
        }
        try {
            var _ = session.jetStream().publish(subject, headers, payload);
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            seenOver = 0;
            throw session.refusal("telling all on " + subject, e);
        } catch (IllegalArgumentException e) { // larger than max_payload
            throw Refusals.of("telling all on " + subject, e);
        }
        talk.say(TOLD + from, new byte[0]);
    }

    @Override
    public List<Told> after(long sequence, int limit) throws BrokerException {
        Session session = link.required();
        List<Told> told = new ArrayList<>();
        try {
            long next = sequence + 1;
            while (told.size() < limit) {
                MessageInfo found = session.management().getNextMessage(STREAM, next, PREFIX + ">");
                read(found).ifPresent(told::add);
                next = found.getSeq() + 1;
            }
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.MESSAGE_NOT_FOUND) {
                throw session.refusal(reading(), e);
            }
        } catch (IOException | IllegalStateException e) {
            throw session.refusal(reading(), e);
        }
        return told;
    }

    private static Optional<Told> read(MessageInfo found) {
        String[] tokens = String.valueOf(found.getSubject()).split("\\.", -1);
        byte @Nullable [] payload = found.getData();
        if (tokens.length != 3 || found.getTime() == null) {
            return Optional.empty();
        }
        try {
            NodeName from = new NodeName(tokens[2]);
            return Kind.of(tokens[1])
                    .map(kind ->
                            new Told(
                                    found.getSeq(),
                                    kind,
                                    from,
                                    headers(found),
                                    payload == null ? new byte[0] : payload,
                                    found.getTime().toInstant()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // why: anybody may publish on a subject of the stream
        }
    }

    private static Map<String, String> headers(MessageInfo found) {
        Map<String, String> headers = new HashMap<>();
        Headers given = found.getHeaders();
        if (given != null) {
            for (String name : List.of(Signing.KEY, Signing.SIGNATURE)) {
                String value = given.getFirst(name);
                if (value != null) {
                    headers.put(name, value);
                }
            }
        }
        return headers;
    }

    @Override
    public State state() throws BrokerException {
        Session session = link.required();
        try {
            return state(session, session.management().getStreamInfo(STREAM));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NOT_FOUND) {
                throw session.refusal(reading(), e);
            }
        } catch (IOException | IllegalStateException e) {
            throw session.refusal(reading(), e);
        }
        return make(session);
    }

    private State state(Session session, StreamInfo info) {
        seenOver = session.number();
        return new State(info.getCreateTime().toInstant(), info.getStreamState().getLastSequence());
    }

    private State make(Session session) throws BrokerException {
        StreamConfiguration wanted =
                StreamConfiguration.builder()
                        .name(STREAM)
                        .description("What all Steward nodes are to hear of")
                        .subjects(
                                Stream.of(Kind.values())
                                        .map(kind -> PREFIX + kind.word() + ".*")
                                        .toList())
                        .storageType(StorageType.File)
                        .retentionPolicy(RetentionPolicy.Limits)
                        .discardPolicy(DiscardPolicy.Old)
                        .maxAge(MAX_AGE)
                        .maxBytes(MAX_BYTES)
                        .maximumMessageSize(MAX_MESSAGE)
                        .duplicateWindow(DUPLICATES)
                        .maxConsumers(-1)
                        .allowDirect(false)
                        .replicas(replicas)
                        .build();
        try {
            State made = state(session, session.management().addStream(wanted));
            LOG.info("made the stream {}", STREAM);
            return made;
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != Refusals.STREAM_NAME_IN_USE) {
                throw session.refusal("making the stream " + STREAM, e);
            }
        } catch (IOException | IllegalStateException e) {
            throw session.refusal("making the stream " + STREAM, e);
        }
        try { // another was first
            return state(session, session.management().getStreamInfo(STREAM));
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw session.refusal(reading(), e);
        }
    }

    private static String reading() {
        return "reading the stream " + STREAM;
    }

    @Override
    public AutoCloseable onTold(Runnable listener) {
        return talk.listen(TOLD + "*", listener);
    }
}
