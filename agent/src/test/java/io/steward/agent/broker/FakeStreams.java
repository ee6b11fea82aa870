package io.steward.agent.broker;

import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a [FakeBroker]'s broker stores; shared by its connections. Guarded by its own lock.
final class FakeStreams {
    /// One stored message.
    static final class Item {
        final long sequence;
        final Subject subject;
        final String id;
        final byte[] payload;
        final Instant at;
        long deliveries;
        boolean out;

        Item(long sequence, Subject subject, String id, byte[] payload, Instant at) {
            this.sequence = sequence;
            this.subject = subject;
            this.id = id;
            this.payload = payload;
            this.at = at;
        }
    }

    /// One mailbox.
    static final class Stream {
        final Instant created;
        final TreeMap<Long, Item> items = new TreeMap<>();
        final Map<String, Long> ids = new HashMap<>();
        long last;
        long delivered;

        Stream(Instant created) {
            this.created = created;
        }
    }

    private final InstantSource clock;
    private final Map<NodeName, Stream> streams = new HashMap<>();
    private final Map<Bucket.Kind, Map<String, Bucket.Row>> rows = new EnumMap<>(Bucket.Kind.class);
    private final List<ClusterBus.Told> told = new ArrayList<>();
    private final Map<String, Long> toldIds = new HashMap<>();
    private @Nullable Instant busMade;
    private long lastTold;
    private long revision;
    private final List<FakeBroker> connections = new ArrayList<>();
    private @Nullable Instant lastMade;
    long maxMessages = 100_000;
    volatile boolean loseAcknowledgements;
    volatile boolean full;

    FakeStreams(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void join(FakeBroker connection) {
        connections.add(connection);
    }

    synchronized List<FakeBroker> connections() {
        return List.copyOf(connections);
    }

    Instant now() {
        return clock.instant();
    }

    synchronized void make(NodeName node) {
        streams.computeIfAbsent(node, _ -> new Stream(made()));
    }

    /// Two streams are never made at the same time.
    private Instant made() {
        Instant now = now();
        Instant last = lastMade;
        Instant made = last != null && !now.isAfter(last) ? last.plusNanos(1) : now;
        lastMade = made;
        return made;
    }

    /// How the cluster bus is; made if it is missing.
    synchronized ClusterBus.State bus() {
        Instant made = busMade;
        if (made == null) {
            made = made();
            busMade = made;
        }
        return new ClusterBus.State(made, lastTold);
    }

    synchronized void tell(ClusterBus.Kind kind, NodeName from, String id, byte[] payload) {
        var _ = bus();
        if (toldIds.putIfAbsent(id, lastTold + 1) == null) {
            lastTold++;
            told.add(new ClusterBus.Told(lastTold, kind, from, Map.of(), payload.clone(), now()));
        }
    }

    synchronized List<ClusterBus.Told> told() {
        return List.copyOf(told);
    }

    /// The two minutes are over in which the broker knows an id.
    synchronized void forgetIds() {
        toldIds.clear();
    }

    /// The oldest are removed, as by their age.
    synchronized void removeTold(long upTo) {
        told.removeIf(each -> each.sequence() <= upTo);
    }

    synchronized @Nullable Stream stream(NodeName node) {
        return streams.get(node);
    }

    synchronized void forget(NodeName node) {
        streams.remove(node);
        notifyAll();
    }

    synchronized Map<String, Bucket.Row> rows(Bucket.Kind kind) {
        return new TreeMap<>(bucket(kind));
    }

    private Map<String, Bucket.Row> bucket(Bucket.Kind kind) {
        return rows.computeIfAbsent(kind, _ -> new TreeMap<>());
    }

    /// @return the new revision; empty if the row has another than `expected`
    synchronized OptionalLong write(Bucket.Kind kind, String key, byte[] value, long expected) {
        Map<String, Bucket.Row> bucket = bucket(kind);
        Bucket.Row there = bucket.get(key);
        if (expected != (there == null ? 0 : there.revision())) {
            return OptionalLong.empty();
        }
        revision++;
        if (value.length == 0) {
            bucket.remove(key);
        } else {
            bucket.put(key, new Bucket.Row(value.clone(), revision, now()));
        }
        return OptionalLong.of(revision);
    }

    synchronized void wipe() {
        streams.clear();
        rows.clear();
        told.clear();
        toldIds.clear();
        busMade = null;
        lastTold = 0;
        notifyAll();
    }

    /// Stores a message, or finds the one of the same id.
    synchronized Broker.Stored store(Subject subject, String id, byte[] payload)
            throws PublishException {
        Stream stream = streams.get(subject.node());
        if (stream == null) {
            throw new PublishException(
                    PublishException.Kind.NO_MAILBOX, "no mailbox for " + subject.node());
        }
        String name = "STEWARD_NODE_" + subject.node();
        Long known = stream.ids.get(id);
        if (known != null) {
            return new Broker.Stored(name, stream.created, known, true);
        }
        if (stream.items.size() >= maxMessages) {
            throw new PublishException(
                    PublishException.Kind.MAILBOX_FULL,
                    "mailbox of " + subject.node() + " is full");
        }
        long sequence = ++stream.last;
        stream.items.put(sequence, new Item(sequence, subject, id, payload.clone(), now()));
        stream.ids.put(id, sequence);
        notifyAll();
        return new Broker.Stored(name, stream.created, sequence, false);
    }

    /// Takes up to `max` messages that are not handed out; null if there is no such mailbox.
    synchronized @Nullable List<Item> take(NodeName node, int max) {
        Stream stream = streams.get(node);
        if (stream == null) {
            return null;
        }
        List<Item> taken = new ArrayList<>();
        for (Item item : stream.items.values()) {
            if (taken.size() == max) {
                break;
            }
            if (!item.out) {
                item.out = true;
                item.deliveries++;
                stream.delivered = Math.max(stream.delivered, item.sequence);
                taken.add(item);
            }
        }
        return taken;
    }

    synchronized boolean remove(NodeName node, Item item) {
        Stream stream = streams.get(node);
        return stream != null && !loseAcknowledgements && stream.items.remove(item.sequence, item);
    }

    synchronized void redeliver(NodeName node) {
        Stream stream = streams.get(node);
        if (stream != null) {
            stream.items.values().forEach(item -> item.out = false);
            notifyAll();
        }
    }

    synchronized void wakeAll() {
        notifyAll();
    }
}
