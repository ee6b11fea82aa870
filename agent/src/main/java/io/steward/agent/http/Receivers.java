package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.NodeRow;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Waiting;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What is known of the nodes that messages wait for: whether they are there, since when not, how
/// many messages wait, and when the next of them expires. Thread-safe.
final class Receivers {
    private static final Duration ANSWER = Duration.ofMillis(500);

    private final Journal journal;
    private final Broker broker;

    Receivers(Journal journal, Broker broker) {
        this.journal = journal;
        this.broker = broker;
    }

    /// Of several nodes, asked side by side.
    List<ObjectNode> of(Collection<NodeName> nodes) throws InterruptedException {
        List<Waiting> waiting = journal.waiting();
        List<ObjectNode> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ObjectNode>> asked =
                    threads.invokeAll(
                            nodes.stream()
                                    .<java.util.concurrent.Callable<ObjectNode>>map(
                                            node -> () -> of(node, waiting))
                                    .toList());
            for (Future<ObjectNode> each : asked) {
                all.add(each.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("looking at a node has failed", e.getCause());
        }
        return all;
    }

    ObjectNode of(NodeName node) throws InterruptedException {
        return of(node, journal.waiting());
    }

    private ObjectNode of(NodeName node, List<Waiting> waiting) throws InterruptedException {
        ObjectNode json = Json.object().put("node", node.value());
        try {
            Optional<Bucket.Row> row = broker.nodes().find(node.value());
            Broker.Look look = broker.look(node, List.of());
            if (row.isPresent()) {
                NodeRow known = NodeRow.of(row.get());
                boolean there =
                        !known.stopped() && broker.presence(node, ANSWER) == Broker.Presence.THERE;
                known(json, known, known.stopped() ? "stopped" : there ? "up" : "silent");
            } else {
                json.put("state", look.exists() ? "unknown" : "never");
            }
            if (look.exists()) {
                json.put("inMailbox", look.waiting());
            }
        } catch (BrokerException e) {
            json.put("state", "unknown").put("problem", e.getMessage());
        }
        Journal.Seen seen = journal.seenNodes().get(node);
        if (seen != null) {
            json.put("lastHello", Json.time(seen.at()));
        }
        List<Waiting> its = waiting.stream().filter(each -> each.node().equals(node)).toList();
        json.put("waiting", its.stream().mapToLong(Waiting::count).sum());
        its.stream()
                .map(Waiting::expires)
                .min(Comparator.naturalOrder())
                .ifPresent(next -> json.put("nextExpires", Json.time(next)));
        return json;
    }

    private static void known(ObjectNode json, NodeRow row, String state) {
        json.put("state", state);
        json.put("lastSign", Json.time(row.seen()));
        json.put("host", row.agent().host());
        json.put("version", row.agent().version());
        json.put("startedAt", Json.time(row.agent().startedAt()));
    }
}
