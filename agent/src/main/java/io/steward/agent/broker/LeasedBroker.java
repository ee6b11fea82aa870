package io.steward.agent.broker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.NodeRow.Agent;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection that is one only as long as this agent has the name of its node: to all who use it,
/// an agent without its name is not connected, and the problem says who has it. What it can do all
/// the same is to look, and to publish the ACKs of what it had taken. Thread-safe.
public final class LeasedBroker implements Broker {
    private static final Logger LOG = LoggerFactory.getLogger(LeasedBroker.class);
    private static final byte[] NOTHING = new byte[0];

    private final Broker broker;
    private final NodeName node;
    private final NameLease lease;
    private final LeaseState state;
    private final List<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();
    private volatile Runnable onNudge = () -> {};
    private final AutoCloseable hearing;

    /// @param broker the connection; closed with this one
    /// @param self this agent
    /// @param heartbeat how often it says that it is there
    public LeasedBroker(Broker broker, NodeName node, Agent self, Duration heartbeat) {
        this(
                broker,
                node,
                self,
                new NameLease(
                        node,
                        self,
                        broker,
                        LeaseTerms.USUAL.renewedEvery(heartbeat),
                        InstantSource.system(),
                        System::nanoTime,
                        ThreadLocalRandom.current().nextDouble()));
    }

    LeasedBroker(Broker broker, NodeName node, Agent self, NameLease lease) {
        this.broker = broker;
        this.node = node;
        this.lease = lease;
        this.state = lease.state();
        state.onChange(this::tell);
        broker.onStatus(status -> {
            if (!status.connected()) {
                tell();
            }
            nudge();
        });
        hearing = broker.answer(NameLease.subject(node), said -> heard(self, said));
    }

    /// Others ask who has the name, with nothing; or say that they have written the row.
    private byte[] heard(Agent self, byte[] said) {
        if (said.length == 0) {
            return state.holds() ? self.run().getBytes(StandardCharsets.UTF_8) : NOTHING;
        }
        if (!self.run().equals(new String(said, StandardCharsets.UTF_8))) {
            nudge();
        }
        return NOTHING;
    }

    private void nudge() {
        lease.nudge();
        onNudge.run();
    }

    private void tell() {
        Status now = status();
        listeners.forEach(listener -> listener.accept(now));
    }

    /// Called when the lease is to be looked at now; must return at once.
    public void onNudge(Runnable listener) {
        onNudge = listener;
    }

    /// What this node says of itself in its row, from now on; it is written at once if it is not
    /// what stands there.
    public void describe(ObjectNode about) {
        lease.describe(about);
        nudge();
    }

    /// The lease, for the one thread that keeps it.
    public NameLease lease() {
        return lease;
    }

    @Override
    public Status status() {
        Status under = broker.status();
        if (!under.connected()) {
            return under;
        }
        boolean held = state.holds();
        Instant since = state.since();
        if (held && under.since().isAfter(since)) {
            since = under.since();
        }
        return new Status(
                held,
                since,
                held ? under.url() : null,
                held ? under.version() : null,
                under.maxPayload(),
                held ? null : state.problem());
    }

    @Override
    public void onStatus(Consumer<Status> listener) {
        listeners.add(listener);
    }

    @Override
    public Naming naming() {
        return state.naming();
    }

    @Override
    public Optional<String> notStored() {
        return lease.notWritten();
    }

    @Override
    public boolean keepsOrder(NodeName of) {
        return broker.keepsOrder(of);
    }

    @Override
    public Right mayStart() {
        return state.mayStart();
    }

    @Override
    public @Nullable Instant takenOverAt() {
        return state.takenOverAt();
    }

    @Override
    public Mailbox mailbox(NodeName of) throws BrokerException, InterruptedException {
        if (!state.awaitHeld(Duration.ofSeconds(2))) {
            throw new BrokerException(BrokerException.Kind.UNREACHABLE, state.problem());
        }
        return new LeasedMailbox(broker.mailbox(of), state);
    }

    @Override
    public void makeMailbox(NodeName node) throws BrokerException, InterruptedException {
        broker.makeMailbox(node);
    }

    @Override
    public long connection() {
        return state.holds() ? broker.connection() : 0;
    }

    @Override
    public CompletableFuture<Stored> publish(
            Subject subject, String deduplicationId, byte[] payload, long connection) {
        if (state.holds()) {
            return broker.publish(subject, deduplicationId, payload, connection);
        }
        if (subject.isAck() && broker.connection() != 0 && naming().rival() != null) {
            // why: what this agent had taken before it lost its name has come to its end here, and
            // its sender shall not send it to the other one
            return broker.publish(subject, deduplicationId, payload, broker.connection());
        }
        String why = broker.connection() == 0 ? broker.status().problem() : state.problem();
        return CompletableFuture.failedFuture(
                new PublishException(
                        PublishException.Kind.DISCONNECTED,
                        subject + ": not connected any more" + (why == null ? "" : ": " + why)));
    }

    @Override
    public Look look(NodeName of, Collection<Long> sequences)
            throws BrokerException, InterruptedException {
        return broker.look(of, sequences);
    }

    @Override
    public Peek peek(NodeName of, @Nullable String method, long from, int limit)
            throws BrokerException, InterruptedException {
        return broker.peek(of, method, from, limit);
    }

    @Override
    public Set<Long> takeBack(NodeName of, Collection<Long> sequences)
            throws BrokerException, InterruptedException {
        return broker.takeBack(of, sequences);
    }

    @Override
    public Bucket bucket(Bucket.Kind kind) {
        return broker.bucket(kind);
    }

    @Override
    public ClusterBus clusterBus() {
        return new LeasedBus(broker.clusterBus(), state);
    }

    @Override
    public void say(String subject, byte[] payload) {
        if (state.holds()) {
            broker.say(subject, payload);
        }
    }

    @Override
    public List<Answer> ask(String subject, byte[] payload, Duration wait, Predicate<Answer> isLast)
            throws InterruptedException {
        return broker.ask(subject, payload, wait, isLast);
    }

    @Override
    public AutoCloseable answer(String subject, Function<byte[], byte[]> answer) {
        return broker.answer(subject, question -> state.holds() ? answer.apply(question) : NOTHING);
    }

    @Override
    public Duration clockAhead() {
        return broker.clockAhead();
    }

    @Override
    public Map<String, String> facts() throws BrokerException, InterruptedException {
        return broker.facts();
    }

    /// Gives the name up, and ends the connection.
    @Override
    public void close() {
        lease.release();
        try {
            hearing.close();
        } catch (Exception e) {
            LOG.warn("{}: while closing: {}", node, e.toString());
        }
        broker.close();
    }

    /// A mailbox that hands over only while this agent has the name.
    private record LeasedMailbox(Mailbox mailbox, LeaseState state) implements Mailbox {

        @Override
        public List<Delivery> fetch(int max, Duration wait)
                throws BrokerException, InterruptedException {
            long end = System.nanoTime() + wait.toNanos();
            if (!state.awaitHeld(wait)) {
                return List.of();
            }
            List<Delivery> fetched =
                    mailbox.fetch(max, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            if (!fetched.isEmpty() && !state.holds()) {
                // why: this machine stood still, or the connection is another one: whoever has the
                // name gets them
                fetched.forEach(Delivery::handBack);
                return List.of();
            }
            return fetched.stream()
                    .<Delivery>map(delivery -> new LeasedDelivery(delivery, state))
                    .toList();
        }

        @Override
        public Optional<Delivery> ahead(String filter, long from) throws BrokerException {
            return state.holds()
                    ? mailbox.ahead(filter, from)
                            .map(delivery -> new LeasedDelivery(delivery, state))
                    : Optional.empty();
        }
    }

    /// A bus on which this agent tells something only while it has the name.
    private record LeasedBus(ClusterBus bus, LeaseState lease) implements ClusterBus {

        @Override
        public void tell(Kind kind, NodeName from, String id, byte[] payload)
                throws BrokerException, InterruptedException {
            if (!lease.holds()) {
                throw new BrokerException(BrokerException.Kind.UNREACHABLE, lease.problem());
            }
            bus.tell(kind, from, id, payload);
        }

        @Override
        public List<Told> after(long sequence, int limit)
                throws BrokerException, InterruptedException {
            return bus.after(sequence, limit);
        }

        @Override
        public State state() throws BrokerException, InterruptedException {
            return bus.state();
        }

        @Override
        public AutoCloseable onTold(Runnable listener) {
            return bus.onTold(listener);
        }
    }

    private record LeasedDelivery(Mailbox.Delivery delivery, LeaseState state)
            implements Mailbox.Delivery {

        @Override
        public String subject() {
            return delivery.subject();
        }

        @Override
        public byte[] payload() {
            return delivery.payload();
        }

        @Override
        public Map<String, String> headers() {
            return delivery.headers();
        }

        @Override
        public long sequence() {
            return delivery.sequence();
        }

        @Override
        public long deliveries() {
            return delivery.deliveries();
        }

        @Override
        public Instant storedAt() {
            return delivery.storedAt();
        }

        @Override
        public boolean isStillOurs() throws InterruptedException {
            return state.awaitCertain();
        }

        @Override
        public void acknowledge() {
            delivery.acknowledge();
        }

        @Override
        public void terminate() {
            delivery.terminate();
        }

        @Override
        public void handBack() {
            delivery.handBack();
        }
    }
}
