package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.NodeRow;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Every node that ever had a connection, and how it is. Thread-safe.
public final class Roster {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration HEARTBEAT = Duration.ofSeconds(60);
    private static final int TRIES = 10;

    /// So many nodes that have missed their heartbeats are asked all the same.
    private static final int MOST_SILENT = 64;

    private final Broker broker;
    private final RollCall rollCall;

    public Roster(Broker broker, RollCall rollCall) {
        this.broker = broker;
        this.rollCall = rollCall;
    }

    /// Every node, by its row alone: whoever was just killed is still up.
    public SortedMap<NodeName, Member> byRows() throws BrokerException, InterruptedException {
        return read(rows(), null);
    }

    /// Every node, after asking who is there.
    ///
    /// @param wait how long to wait for those that do not answer
    public SortedMap<NodeName, Member> asked(Duration wait)
            throws BrokerException, InterruptedException {
        Map<NodeName, NodeRow> rows = rows();
        Instant now = now();
        Set<NodeName> expected = new HashSet<>();
        Set<NodeName> silent = new HashSet<>();
        rows.forEach((node, row) -> {
            if (!row.stopped()) {
                (fresh(row, now, 3) ? expected : silent).add(node);
            }
        });
        Set<NodeName> there = new HashSet<>(rollCall.call(expected, wait).there());
        if (silent.size() <= MOST_SILENT) { // why: it may be the row that is late, and not the node
            there.addAll(rollCall.call(silent, wait).there());
        }
        return read(rows, there);
    }

    /// Some nodes, after asking whether they are there; those that were never heard of are
    /// [MemberState#UNKNOWN].
    public SortedMap<NodeName, Member> asked(Collection<NodeName> nodes, Duration wait)
            throws BrokerException, InterruptedException {
        Map<NodeName, NodeRow> rows = new HashMap<>();
        for (NodeName node : nodes) {
            broker.nodes().find(node.value()).ifPresent(row -> rows.put(node, NodeRow.of(row)));
        }
        SortedMap<NodeName, Member> known = read(rows, rollCall.call(rows.keySet(), wait).there());
        nodes.forEach(node -> known.putIfAbsent(node, Member.unknown(node)));
        return known;
    }

    /// Those of the names that no node ever had.
    public Set<NodeName> unknown(Collection<NodeName> names)
            throws BrokerException, InterruptedException {
        return Strangers.of(broker, names);
    }

    private Map<NodeName, NodeRow> rows() throws BrokerException, InterruptedException {
        Map<NodeName, NodeRow> rows = new HashMap<>();
        for (Map.Entry<String, Bucket.Row> each : broker.nodes().all().entrySet()) {
            name(each.getKey()).ifPresent(node -> rows.put(node, NodeRow.of(each.getValue())));
        }
        return rows;
    }

    /// Empty for what somebody else has put into the bucket.
    static Optional<NodeName> name(String key) {
        try {
            return Optional.of(new NodeName(key));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private SortedMap<NodeName, Member> read(
            Map<NodeName, NodeRow> rows, @Nullable Set<NodeName> there)
            throws BrokerException, InterruptedException {
        Instant now = now();
        Map<String, Bucket.Row> maintenance = broker.bucket(Bucket.Kind.MAINTENANCE).all();
        SortedMap<NodeName, Member> members = new TreeMap<>();
        rows.forEach((node, row) -> {
            Boolean answers = there == null ? null : there.contains(node);
            members.put(
                    node,
                    member(
                            node,
                            row,
                            answers,
                            maintenance(maintenance.get(node.value()), now),
                            now));
        });
        return members;
    }

    private Instant now() {
        return Instant.now().plus(broker.clockAhead());
    }

    private static boolean fresh(NodeRow row, Instant now, int heartbeats) {
        Duration beat = heartbeat(row);
        return !row.seen().plus(beat.multipliedBy(heartbeats)).isBefore(now);
    }

    private static Duration heartbeat(NodeRow row) {
        long millis = row.json().path("heartbeatMs").asLong();
        return millis > 0 ? Duration.ofMillis(millis) : HEARTBEAT;
    }

    private static Member member(
            NodeName node,
            NodeRow row,
            @Nullable Boolean answers,
            Member.@Nullable Maintenance maintenance,
            Instant now) {
        MemberState state = state(row, answers, maintenance, now);
        Set<String> tags = new TreeSet<>();
        row.json().path("tags").forEach(tag -> tags.add(tag.asText()));
        JsonNode ahead = row.json().path("clockAheadMs");
        return new Member(
                node,
                state,
                since(row, state, maintenance),
                answers,
                row.seen(),
                agent(row.agent()),
                row.claim() == null ? null : agent(row.claim()),
                ahead.isNumber() ? Duration.ofMillis(ahead.asLong()) : null,
                row.json().path("cloud").textValue(),
                tags,
                maintenance);
    }

    private static MemberState state(
            NodeRow row,
            @Nullable Boolean answers,
            Member.@Nullable Maintenance maintenance,
            Instant now) {
        if (maintenance != null) {
            return MemberState.MAINTENANCE;
        }
        if (row.stopped()) {
            return MemberState.STOPPED;
        }
        if (answers != null && answers) {
            return MemberState.UP;
        }
        if (answers == null && fresh(row, now, 2)) {
            return MemberState.UP;
        }
        return fresh(row, now, 3) ? MemberState.LATE : MemberState.DOWN;
    }

    private static Instant since(
            NodeRow row, MemberState state, Member.@Nullable Maintenance maintenance) {
        if (maintenance != null) {
            return maintenance.since();
        }
        return state == MemberState.UP ? row.agent().startedAt() : row.seen();
    }

    private static Member.Agent agent(NodeRow.Agent agent) {
        return new Member.Agent(
                agent.host(), agent.pid(), agent.data(), agent.version(), agent.startedAt());
    }

    // ---- maintenance

    private static Member.@Nullable Maintenance maintenance(Bucket.@Nullable Row row, Instant now) {
        if (row == null) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(row.value());
            Instant until = json.hasNonNull("until") ? time(json.path("until")) : null;
            return until != null && until.isBefore(now)
                    ? null
                    : new Member.Maintenance(
                            time(json.path("since")),
                            until,
                            json.path("reason").asText(),
                            json.path("by").asText());
        } catch (IOException e) {
            return new Member.Maintenance(Instant.EPOCH, null, "?", "?"); // written by hand
        }
    }

    private static Instant time(JsonNode json) {
        try {
            return Instant.parse(json.asText());
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /// Says that somebody works at a node, or, with null, that nobody does any more.
    public void maintain(NodeName node, Member.@Nullable Maintenance maintenance)
            throws BrokerException, InterruptedException {
        byte[] value = new byte[0];
        if (maintenance != null) {
            ObjectNode json = JSON.createObjectNode();
            json.put("since", maintenance.since().toString());
            if (maintenance.until() != null) {
                json.put("until", maintenance.until().toString());
            }
            json.put("reason", maintenance.reason()).put("by", maintenance.by());
            value = json.toString().getBytes(StandardCharsets.UTF_8);
        }
        put(broker.bucket(Bucket.Kind.MAINTENANCE), node.value(), value);
    }

    /// Writes a row over whatever is there.
    static void put(Bucket bucket, String key, byte[] value)
            throws BrokerException, InterruptedException {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<Bucket.Row> there = bucket.find(key);
            if (there.isEmpty() && value.length == 0) {
                return;
            }
            OptionalLong written =
                    bucket.write(key, value, there.map(Bucket.Row::revision).orElse(0L));
            if (written.isPresent()) {
                return;
            }
        }
        throw new BrokerException(
                BrokerException.Kind.OTHER,
                "the row of %s is written by others all the time: try again".formatted(key));
    }
}
