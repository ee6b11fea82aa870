package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.broker.Broker;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Asks who is there now, past all mailboxes. A node that is cut off from the broker is known as
/// such at once, since the broker says that nobody listens; only one that is connected and silent
/// is waited for. Thread-safe.
public final class RollCall {
    /// Where every node listens for a ping.
    public static final String EVERYBODY = "clusterbus.ping.*";

    private static final String PING = "clusterbus.ping.";
    private static final JsonMapper JSON = new JsonMapper();

    /// Up to so many nodes are asked one by one; asking all costs an answer of everybody.
    private static final int FEW = 64;

    /// How many are asked one by one at a time.
    private static final int AT_A_TIME = 256;

    private static final Duration FIRST = Duration.ofMillis(700);
    private static final Duration FOR_EACH = Duration.ofNanos(300_000);

    private final Broker broker;
    private final NodeName self;

    /// @param self the node that asks
    public RollCall(Broker broker, NodeName self) {
        this.broker = broker;
        this.self = self;
    }

    /// What a node answered.
    ///
    /// @param after how long after the question
    /// @param clockAhead how far the broker's clock is ahead of the node's
    public record Reply(
            NodeName node,
            Duration after,
            String version,
            @Nullable Instant startedAt,
            Duration clockAhead) {}

    /// Everybody who answers.
    ///
    /// @param expected returns when all of these have answered, or are known not to be there; if
    ///   there are none, only when the time is over
    public Map<NodeName, Reply> everybody(Collection<NodeName> expected, Duration wait)
            throws InterruptedException {
        long begin = System.nanoTime();
        boolean all = expected.isEmpty();
        // why: of a few it is known at once who is not there, and nobody has to be waited for
        Set<NodeName> missing =
                new HashSet<>(expected.size() > FEW ? expected : oneByOne(expected, wait).there());
        Map<NodeName, Reply> replies = new TreeMap<>();
        if (missing.isEmpty() && !all) {
            return replies;
        }
        Duration first = all ? wait : min(wait, FIRST.plus(FOR_EACH.multipliedBy(expected.size())));
        ask(first, missing, all, replies);
        Duration left = wait.minusNanos(System.nanoTime() - begin);
        if (!missing.isEmpty() && left.isPositive() && !oneByOne(missing, left).there().isEmpty()) {
            // why: some were late, and say more of themselves when asked again
            ask(min(left, FIRST), missing, false, replies);
        }
        return replies;
    }

    private void ask(
            Duration wait, Set<NodeName> missing, boolean all, Map<NodeName, Reply> replies)
            throws InterruptedException {
        byte[] question =
                JSON.createObjectNode()
                        .put("from", self.value())
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
        var _ =
                broker.ask(
                        PING + self,
                        question,
                        wait,
                        answer -> {
                            Reply reply = read(answer);
                            if (reply != null) {
                                replies.putIfAbsent(reply.node(), reply);
                                missing.remove(reply.node());
                            }
                            return !all && missing.isEmpty();
                        });
    }

    private static @Nullable Reply read(Broker.Answer answer) {
        try {
            JsonNode json = JSON.readTree(answer.payload());
            return new Reply(
                    new NodeName(json.path("node").asText()),
                    answer.after(),
                    json.path("version").asText("?"),
                    time(json.path("startedAt")),
                    Duration.ofMillis(json.path("clockAheadMs").asLong()));
        } catch (IOException | IllegalArgumentException e) {
            return null; // why: anybody may answer on a plain subject
        }
    }

    private static @Nullable Instant time(JsonNode json) {
        try {
            return json.isTextual() ? Instant.parse(json.asText()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /// What came of asking some nodes; the others are not connected to the broker.
    ///
    /// @param there those that answered
    /// @param silent those that did not answer in time, and may be busy, slow to reach, or frozen
    public record Called(Set<NodeName> there, Set<NodeName> silent) {}

    /// Asks these nodes whether they are there.
    public Called call(Collection<NodeName> nodes, Duration wait) throws InterruptedException {
        if (nodes.size() <= FEW) {
            return oneByOne(nodes, wait);
        }
        long begin = System.nanoTime();
        Set<NodeName> missing = new HashSet<>(nodes);
        ask(
                min(wait, FIRST.plus(FOR_EACH.multipliedBy(nodes.size()))),
                missing,
                false,
                new TreeMap<>());
        Set<NodeName> there = new HashSet<>(nodes);
        there.removeAll(missing);
        Duration left = wait.minusNanos(System.nanoTime() - begin);
        if (missing.isEmpty() || !left.isPositive()) {
            return new Called(there, missing);
        }
        Called again = oneByOne(missing, left);
        there.addAll(again.there());
        return new Called(there, again.silent());
    }

    private Called oneByOne(Collection<NodeName> nodes, Duration wait) throws InterruptedException {
        Semaphore room = new Semaphore(AT_A_TIME);
        Map<NodeName, Broker.Presence> found = new ConcurrentHashMap<>();
        List<Callable<Broker.@Nullable Presence>> questions = new ArrayList<>();
        for (NodeName node : nodes) {
            questions.add(() -> {
                room.acquire();
                try {
                    return found.put(node, broker.presence(node, wait));
                } finally {
                    room.release();
                }
            });
        }
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("roll-call ", 0).factory())) {
            for (Future<Broker.@Nullable Presence> each : threads.invokeAll(questions)) {
                var _ = each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking who is there has failed", e.getCause());
        }
        return new Called(
                those(found, Broker.Presence.THERE), those(found, Broker.Presence.SILENT));
    }

    private static Set<NodeName> those(
            Map<NodeName, Broker.Presence> found, Broker.Presence presence) {
        return found.entrySet().stream()
                .filter(each -> each.getValue() == presence)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
