package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.AccountLimits;
import io.nats.client.api.AccountStatistics;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import io.steward.agent.identity.JoinToken;
import io.steward.agent.identity.Signing;
import io.steward.agent.settings.MemoryShares;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [Broker] on NATS JetStream.
///
/// Publishing is pipelined: up to 4,096 messages, or what [MemoryShares] allows, are in flight, and
/// callers wait for room. Answers are completed on a thread of the connection's, so what follows on
/// them must be quick.
public final class JetStreamBroker implements Broker {
    /// What the headers add to the size of a message, besides the id: a key has 56 characters, a
    /// signature 88.
    private static final int HEADER_BYTES =
            "NATS/1.0\r\nNats-Msg-Id: \r\nSteward-Sent: 2026-01-01T00:00:00.000Z\r\n\r\n".length()
                    + "Steward-Key: \r\nSteward-Signature: \r\n".length()
                    + 56
                    + 88;

    private static final Logger LOG = LoggerFactory.getLogger(JetStreamBroker.class);
    private static final MemoryShares MEMORY = MemoryShares.ofThisProcess();

    private final Link link;
    private final @Nullable Signing signing;
    private final Window window = new Window(ConnectOptions.MAX_IN_FLIGHT, MEMORY.inFlight());
    private final Mailboxes mailboxes;
    private final Inspection inspection;
    private final Peeking peeking;
    private final TakingBack takingBack;
    private final Talk talk;
    private final Map<Bucket.Kind, Bucket> buckets = new EnumMap<>(Bucket.Kind.class);
    private final ClusterBus clusterBus;
    private final BrokerClock clock = new BrokerClock();
    private final Map<NodeName, NodeMailbox> fetching = new ConcurrentHashMap<>();

    private JetStreamBroker(Link link, MailboxSettings limits, @Nullable Signing signing) {
        this.link = link;
        this.signing = signing;
        this.mailboxes = new Mailboxes(limits);
        this.inspection = new Inspection(link, clock);
        this.peeking = new Peeking(link);
        this.takingBack = new TakingBack(link);
        this.talk = new Talk(link);
        this.clusterBus = new JetStreamClusterBus(link, talk, limits.replicas(), signing);
        for (Bucket.Kind kind : Bucket.Kind.values()) {
            buckets.put(kind, new KeyValueBucket(link, kind, limits.replicas()));
        }
    }

    /// Begins to connect, and returns at once, whether there is a broker or not.
    ///
    /// @param settings of it, the servers, the credentials and the domain are used; a user and
    ///   password, or a token, may stand in the URL
    /// @param mailbox the limits of mailboxes that are made
    /// @param node this agent's node: names the connection and its inbox
    /// @throws IllegalArgumentException if there is no server in the settings
    public static JetStreamBroker connect(
            BrokerSettings settings, MailboxSettings mailbox, NodeName node) {
        return connect(settings, mailbox, node, null);
    }

    /// As [#connect(BrokerSettings, MailboxSettings, NodeName)], and what it publishes is signed.
    ///
    /// @param signing null to sign nothing
    public static JetStreamBroker connect(
            BrokerSettings settings,
            MailboxSettings mailbox,
            NodeName node,
            @Nullable Signing signing) {
        if (settings.urls().isEmpty()) {
            throw new IllegalArgumentException(
                    "broker.url names no server: expected one or more like nats://host:4222");
        }
        Link link =
                new Link(
                        ConnectOptions.of(settings, node),
                        Session.servers(settings.urls()),
                        InstantSource.system());
        JetStreamBroker broker = new JetStreamBroker(link, mailbox, signing);
        link.start();
        return broker;
    }

    /// As [#connect(BrokerSettings, MailboxSettings, NodeName)], for a machine that asks to be a
    /// member and may do nothing else.
    public static JetStreamBroker connect(
            BrokerSettings settings, MailboxSettings mailbox, JoinToken token) {
        Link link =
                new Link(
                        ConnectOptions.of(settings, token),
                        Session.servers(settings.urls()),
                        InstantSource.system());
        JetStreamBroker broker = new JetStreamBroker(link, mailbox, null);
        link.start();
        return broker;
    }

    /// The servers of these settings, without users and passwords: for people and logs.
    public static List<String> names(BrokerSettings settings) {
        return settings.urls().stream().map(url -> Session.withoutUser(url.toString())).toList();
    }

    @Override
    public Status status() {
        return link.status();
    }

    @Override
    public void onStatus(Consumer<Status> listener) {
        link.onStatus(listener);
    }

    @Override
    public Mailbox mailbox(NodeName node) throws BrokerException {
        mailboxes.ensure(link.required(), node);
        inspection.look(node, List.of()); // why: it tells the broker's time
        NodeMailbox mailbox =
                fetching.computeIfAbsent(node, name -> new NodeMailbox(link, name, MEMORY.fetch()));
        mailbox.beginAnew();
        return mailbox;
    }

    @Override
    public void makeMailbox(NodeName node) throws BrokerException {
        mailboxes.ensure(link.required(), node);
    }

    @Override
    public long connection() {
        Session session = link.session();
        return session == null ? 0 : session.number();
    }

    @Override
    public CompletableFuture<Stored> publish(
            Subject subject, String deduplicationId, byte[] payload, long connection) {
        String to = subject.toString();
        long size = (long) payload.length + HEADER_BYTES + deduplicationId.length();
        long maxPayload = link.status().maxPayload();
        if (maxPayload > 0 && size > maxPayload) {
            return refused(
                    PublishException.Kind.TOO_LARGE,
                    "%s: %d bytes with the header, the broker takes at most %d (max_payload)"
                            .formatted(to, size, maxPayload));
        }
        if (connection == 0 || connection() != connection) {
            return disconnected(to);
        }
        try {
            window.enter(size);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refused(
                    PublishException.Kind.OTHER, to + ": interrupted while waiting for room");
        }
        learnTheTime(subject.node());
        Session session = link.session();
        CompletableFuture<Stored> answer =
                session == null || session.number() != connection
                        ? disconnected(to)
                        : session.inFlight()
                                .publish(
                                        to,
                                        Mailboxes.stream(subject.node()),
                                        headers(to, deduplicationId, payload),
                                        payload);
        var _ = answer.whenComplete((stored, failure) -> window.leave(size));
        return answer;
    }

    @Override
    public boolean keepsOrder(NodeName node) {
        Session session = link.session();
        return session != null && session.creations().isDirect(Mailboxes.stream(node));
    }

    /// What is signed says how old it is by the broker's clock, so that has to be known.
    private void learnTheTime(NodeName anybody) {
        if (signing != null && !clock.isKnown()) {
            try {
                inspection.look(anybody, List.of());
            } catch (BrokerException e) {
                LOG.debug("the broker's time is not known yet: {}", e.getMessage());
            }
        }
    }

    private Headers headers(String to, String deduplicationId, byte[] payload) {
        Headers headers = new Headers().put("Nats-Msg-Id", deduplicationId);
        if (signing == null) {
            return headers.put(SENT_HEADER, sentAt());
        }
        Map<String, String> signed =
                clock.isKnown()
                        ? signing.headers(to, clock.ahead(), payload)
                        : signing.headers(to, payload);
        signed.forEach((name, value) -> headers.put(name, value));
        return headers;
    }

    private static String sentAt() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    @Override
    public Duration clockAhead() {
        return clock.ahead();
    }

    private CompletableFuture<Stored> disconnected(String to) {
        return refused(
                PublishException.Kind.DISCONNECTED,
                to + ": not connected any more: " + link.problem());
    }

    private static CompletableFuture<Stored> refused(PublishException.Kind kind, String why) {
        return CompletableFuture.failedFuture(new PublishException(kind, why));
    }

    @Override
    public Look look(NodeName node, Collection<Long> sequences) throws BrokerException {
        return inspection.look(node, sequences);
    }

    @Override
    public Peek peek(NodeName node, @Nullable String method, long from, int limit)
            throws BrokerException {
        return peeking.peek(node, method, from, limit);
    }

    @Override
    public Set<Long> takeBack(NodeName node, Collection<Long> sequences)
            throws BrokerException, InterruptedException {
        return takingBack.takeBack(node, sequences);
    }

    @Override
    public Bucket bucket(Bucket.Kind kind) {
        return Objects.requireNonNull(buckets.get(kind));
    }

    @Override
    public ClusterBus clusterBus() {
        return clusterBus;
    }

    @Override
    public void say(String subject, byte[] payload) {
        talk.say(subject, payload);
    }

    @Override
    public List<Answer> ask(String subject, byte[] payload, Duration wait, Predicate<Answer> isLast)
            throws InterruptedException {
        return talk.ask(subject, payload, wait, isLast);
    }

    @Override
    public AutoCloseable answer(String subject, Function<byte[], byte[]> answer) {
        return talk.answer(subject, answer);
    }

    /// Of the server it is connected to, and of its account. A server does not tell its
    /// `sync_interval` to clients.
    @Override
    public Map<String, String> facts() throws BrokerException {
        Session session = link.required();
        Map<String, String> facts = new LinkedHashMap<>();
        try {
            ServerInfo server = session.connection().getServerInfo();
            facts.put("server", server.getServerName());
            facts.put("version", server.getVersion());
            facts.put("url", session.url());
            facts.put("cluster", server.getCluster() == null ? "none" : server.getCluster());
            facts.put("max payload", Long.toString(server.getMaxPayload()));
            facts.put(
                    "round trip", "%.1f ms".formatted(session.connection().RTT().toNanos() / 1e6));
            AccountStatistics account = session.management().getAccountStatistics();
            AccountLimits limits = account.getLimits();
            facts.put("domain", account.getDomain() == null ? "none" : account.getDomain());
            facts.put("streams", account.getStreams() + " of " + limit(limits.getMaxStreams()));
            facts.put(
                    "consumers", account.getConsumers() + " of " + limit(limits.getMaxConsumers()));
            facts.put(
                    "storage bytes", account.getStorage() + " of " + limit(limits.getMaxStorage()));
            facts.put(
                    "sync_interval",
                    "not known, as brokers do not tell it (recommended: always, see"
                            + " docs/operate.md)");
            return facts;
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw Refusals.of("asking for the broker's facts", e);
        }
    }

    private static String limit(long max) {
        return max < 0 ? "no limit" : Long.toString(max);
    }

    @Override
    public void close() {
        link.close();
    }
}
