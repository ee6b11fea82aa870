package io.steward.agent.broker;

import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A broker in memory, for the unit tests of what publishes and fetches. It passes [BrokerContract]
/// as the real one does. `new FakeBroker(clock)` is a broker with one connection; [#another()] is a
/// further connection to the same broker, for another agent. Everything happens on the calling
/// thread; it is connected when made. Messages that were handed out and not acknowledged come again
/// only after [#redeliver(NodeName)]. Thread-safe.
public final class FakeBroker implements Broker {
    /// A call of [#publish(Subject, String, byte\[\])], whatever came of it.
    public record Attempt(Subject subject, String id, byte[] payload) {}

    private record Held(CompletableFuture<Stored> answer, Stored stored) {}

    private static final long MAX_PAYLOAD = 1 << 20;

    private final AtomicReference<@Nullable Error> nextError = new AtomicReference<>();
    private final FakeStreams streams;
    private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    private final List<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Function<byte[], byte[]>> answers = new ConcurrentHashMap<>();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Deque<PublishException.Kind> refusals = new ArrayDeque<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean keepsOrder = true;
    private boolean holding;
    private long number = 1;
    private volatile boolean connected = true;
    private volatile Instant since;
    private volatile @Nullable Instant takenOverAt;
    private volatile Right right = Right.YES;

    public FakeBroker(InstantSource clock) {
        this(new FakeStreams(clock));
    }

    private FakeBroker(FakeStreams streams) {
        this.streams = streams;
        this.since = streams.now();
        streams.join(this);
    }

    /// Another connection to the same broker, connected.
    public FakeBroker another() {
        return new FakeBroker(streams);
    }

    // What a test does to it.

    /// Whether this agent may start what came for its node.
    public void right(Right now) {
        right = now;
    }

    @Override
    public Right mayStart() {
        return right;
    }

    @Override
    public @Nullable Instant takenOverAt() {
        return takenOverAt;
    }

    /// This agent has got the name of its node from another one.
    public void takenOver(Instant at) {
        takenOverAt = at;
    }

    /// Drops this connection; what is held fails with DISCONNECTED, though it is stored.
    public void disconnect() {
        List<Held> dropped;
        synchronized (this) {
            connected = false;
            since = streams.now();
            dropped = List.copyOf(held);
            held.clear();
        }
        dropped.forEach(each -> each.answer.completeExceptionally(disconnected()));
        streams.wakeAll();
        tell();
    }

    public void connect() {
        synchronized (this) {
            connected = true;
            number++;
            since = streams.now();
        }
        streams.wakeAll();
        tell();
    }

    /// The next `count` messages are stored, and their PubAcks get lost: TIMEOUT.
    public void losePubAcks(int count) {
        lost.set(count);
    }

    /// From now on PubAcks do not come, until [#releasePubAcks()].
    public synchronized void holdPubAcks() {
        holding = true;
    }

    /// Lets all held PubAcks come, in order, and the later ones at once.
    public void releasePubAcks() {
        List<Held> released;
        synchronized (this) {
            holding = false;
            released = List.copyOf(held);
            held.clear();
        }
        released.forEach(each -> each.answer.complete(each.stored));
    }

    /// The next messages are refused for these reasons, one each, and not stored.
    public synchronized void refuse(PublishException.Kind... kinds) {
        refusals.addAll(List.of(kinds));
    }

    /// Whether acknowledgements get lost from now on, so that nothing leaves a mailbox.
    public void loseAcknowledgements(boolean lose) {
        streams.loseAcknowledgements = lose;
    }

    /// Whether no row can be written, as on a full disk.
    public void full(boolean full) {
        streams.full = full;
    }

    /// Whether it keeps the order of what is in flight.
    public void keepsOrder(boolean keeps) {
        keepsOrder = keeps;
    }

    @Override
    public boolean keepsOrder(NodeName node) {
        return keepsOrder;
    }

    /// How many messages a mailbox takes.
    public void limit(long maxMessages) {
        streams.maxMessages = maxMessages;
    }

    /// Everything stored is lost, and all connections are dropped, as when the storage is deleted;
    /// they stay disconnected.
    public void wipe() {
        streams.connections().forEach(FakeBroker::disconnect);
        streams.wipe();
    }

    /// The broker does not know any more which ids were told on the cluster bus.
    public void forgetToldIds() {
        streams.forgetIds();
    }

    /// What was told on the cluster bus up to this sequence is removed, as by its age.
    public void removeTold(long upTo) {
        streams.removeTold(upTo);
    }

    /// Deletes one mailbox behind everybody's back.
    public void delete(NodeName node) {
        streams.forget(node);
    }

    /// What was handed out and not acknowledged is handed out again, as after the ack wait.
    public void redeliver(NodeName node) {
        streams.redeliver(node);
    }

    // What a test sees of it.

    /// All calls of publish on this connection.
    public List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /// What is in a mailbox, handed out or not; the ids in order.
    public List<String> stored(NodeName node) {
        FakeStreams.Stream stream = streams.stream(node);
        synchronized (streams) {
            return stream == null
                    ? List.of()
                    : stream.items.values().stream().map(item -> item.id).toList();
        }
    }

    /// The plain subjects that this connection listens to.
    public Set<String> listensTo() {
        return Set.copyOf(answers.keySet());
    }

    /// The subjects on which [#say(String, byte\[\])] was called while connected.
    public List<String> said() {
        return List.copyOf(said);
    }

    // Broker

    @Override
    public Status status() {
        return new Status(
                connected,
                since,
                connected ? "nats://fake" : null,
                connected ? "2.15.1" : null,
                MAX_PAYLOAD,
                connected ? null : "disconnected by the test");
    }

    @Override
    public void onStatus(Consumer<Status> listener) {
        listeners.add(listener);
    }

    private void tell() {
        Status status = status();
        listeners.forEach(listener -> listener.accept(status));
    }

    @Override
    public Mailbox mailbox(NodeName node) throws BrokerException {
        requireConnection();
        streams.make(node);
        return new FakeMailbox(streams, node, () -> connected);
    }

    @Override
    public synchronized long connection() {
        return connected ? number : 0;
    }

    /// Has the next publish throw it.
    public void throwNext(Error error) {
        nextError.set(error);
    }

    @Override
    public CompletableFuture<Stored> publish(
            Subject subject, String deduplicationId, byte[] payload, long connection) {
        attempts.add(new Attempt(subject, deduplicationId, payload.clone()));
        Error error = nextError.getAndSet(null);
        if (error != null) {
            throw error;
        }
        try {
            return store(subject, deduplicationId, payload, connection);
        } catch (PublishException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Stored> store(
            Subject subject, String id, byte[] payload, long connection) throws PublishException {
        synchronized (this) {
            if (connection == 0 || connection() != connection) {
                throw disconnected();
            }
            PublishException.Kind refusal = refusals.poll();
            if (refusal != null) {
                throw new PublishException(refusal, refusal + " by the test");
            }
            if (payload.length > MAX_PAYLOAD) {
                throw new PublishException(
                        PublishException.Kind.TOO_LARGE, payload.length + " bytes are too many");
            }
            Stored stored = streams.store(subject, id, payload);
            if (lost.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new PublishException(PublishException.Kind.TIMEOUT, "PubAck lost");
            }
            if (holding) {
                CompletableFuture<Stored> answer = new CompletableFuture<>();
                held.add(new Held(answer, stored));
                return answer;
            }
            return CompletableFuture.completedFuture(stored);
        }
    }

    private static PublishException disconnected() {
        return new PublishException(PublishException.Kind.DISCONNECTED, "disconnected by the test");
    }

    @Override
    public Look look(NodeName node, Collection<Long> sequences) throws BrokerException {
        requireConnection();
        FakeStreams.Stream stream = streams.stream(node);
        if (stream == null) {
            return new Look(false, null, Set.of(), Long.MAX_VALUE, 0);
        }
        synchronized (streams) {
            Set<Long> present = new HashSet<>(sequences);
            present.retainAll(stream.items.keySet());
            return new Look(
                    true, stream.created, present, stream.delivered + 1, stream.items.size());
        }
    }

    @Override
    public Peek peek(NodeName node, @Nullable String method, long from, int limit)
            throws BrokerException {
        requireConnection();
        FakeStreams.Stream stream = streams.stream(node);
        if (stream == null) {
            return new Peek(false, 0, List.of(), 0);
        }
        synchronized (streams) {
            List<FakeStreams.Item> wanted =
                    stream.items.values().stream()
                            .filter(item -> method == null || item.subject.method().equals(method))
                            .toList();
            List<FakeStreams.Item> page =
                    wanted.stream().filter(item -> item.sequence >= from).limit(limit).toList();
            boolean more = !page.isEmpty() && page.getLast().sequence < wanted.getLast().sequence;
            return new Peek(
                    true,
                    wanted.size(),
                    page.stream()
                            .map(item ->
                                    new Peek.Item(
                                            item.sequence,
                                            item.subject.toString(),
                                            item.payload.clone(),
                                            item.at,
                                            item.sequence <= stream.delivered))
                            .toList(),
                    more ? page.getLast().sequence + 1 : 0);
        }
    }

    @Override
    public Set<Long> takeBack(NodeName node, Collection<Long> sequences) throws BrokerException {
        requireConnection();
        FakeStreams.Stream stream = streams.stream(node);
        if (stream == null) {
            return Set.of();
        }
        synchronized (streams) {
            Set<Long> taken = new HashSet<>(sequences);
            taken.removeIf(sequence ->
                    stream.delivered >= sequence || stream.items.remove(sequence) == null);
            return taken;
        }
    }

    @Override
    public Duration clockAhead() {
        return Duration.ZERO;
    }

    @Override
    public Bucket bucket(Bucket.Kind kind) {
        return new FakeBucket(streams, kind, this::requireConnection);
    }

    @Override
    public ClusterBus clusterBus() {
        return new FakeClusterBus(
                streams,
                this::requireConnection,
                subject -> say(subject, new byte[0]),
                listener ->
                        answer(
                                FakeClusterBus.TOLD,
                                _ -> {
                                    listener.run();
                                    return new byte[0];
                                }));
    }

    private void requireConnection() throws BrokerException {
        if (!connected) {
            throw new BrokerException(BrokerException.Kind.UNREACHABLE, "disconnected by the test");
        }
    }

    @Override
    public void say(String subject, byte[] payload) {
        if (connected) {
            said.add(subject);
            for (Function<byte[], byte[]> answer : listening(subject)) {
                var _ = answer.apply(payload);
            }
        }
    }

    @Override
    public List<Answer> ask(
            String subject, byte[] payload, Duration wait, Predicate<Answer> isLast) {
        List<Answer> collected = new ArrayList<>();
        if (connected) {
            for (Function<byte[], byte[]> each : listening(subject)) {
                byte[] said = each.apply(payload);
                if (said.length > 0) {
                    collected.add(new Answer(said, Duration.ZERO));
                    if (isLast.test(collected.getLast())) {
                        return collected;
                    }
                }
            }
        }
        return collected;
    }

    private List<Function<byte[], byte[]>> listening(String subject) {
        List<Function<byte[], byte[]>> found = new ArrayList<>();
        String anything = subject.substring(0, subject.lastIndexOf('.') + 1) + "*";
        for (FakeBroker connection : streams.connections()) {
            for (String of : List.of(subject, anything)) {
                @Nullable Function<byte[], byte[]> answer = connection.answers.get(of);
                if (connection.connected && answer != null) {
                    found.add(answer);
                }
            }
        }
        return found;
    }

    @Override
    public AutoCloseable answer(String subject, Function<byte[], byte[]> answer) {
        answers.put(subject, answer);
        return () -> answers.remove(subject, answer);
    }

    @Override
    public Map<String, String> facts() throws BrokerException {
        requireConnection();
        return Map.of("version", "2.15.1");
    }

    @Override
    public void close() {
        disconnect();
        listeners.clear();
    }
}
