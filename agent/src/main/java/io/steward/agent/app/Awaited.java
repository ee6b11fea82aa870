package io.steward.agent.app;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Queues.Backlog;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears the hellos of those nodes that something waits for here, and of no others: where every
/// agent heard every hello, a fleet that comes up would send as many as the square of its size.
final class Awaited implements ProcessBody<Void> {
    private static final Logger log = LoggerFactory.getLogger(Awaited.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final String EVERYBODY = "*";

    /// Where more are waited for, everybody is listened to.
    static final int FEW = 64;

    private final Journal journal;
    private final Broker broker;
    private final MessageOutbox outbox;
    private final NodeName self;
    private final Map<String, AutoCloseable> listening = new HashMap<>();

    Awaited(Journal journal, Broker broker, MessageOutbox outbox, NodeName self) {
        this.journal = journal;
        this.broker = broker;
        this.outbox = outbox;
        this.self = self;
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        try {
            do {
                look();
            } while (!(context.receive(pause()) instanceof Received.Stop));
        } finally {
            listenTo(Set.of());
        }
    }

    private Duration pause() {
        return journal.unfinished(Direction.SENT) == 0 ? IDLE : EVERY;
    }

    void look() throws Exception {
        listenTo(awaited());
    }

    /// The last part of the subjects to listen to.
    private Set<String> awaited() {
        Map<State, Long> sent = journal.counts().getOrDefault(Direction.SENT, Map.of());
        if (sent.getOrDefault(State.QUEUED, 0L) + sent.getOrDefault(State.PUBLISHED, 0L) == 0) {
            return Set.of();
        }
        Set<String> nodes =
                journal.backlogs().stream()
                        .map(Backlog::node)
                        .filter(Predicate.not(self::equals))
                        .map(NodeName::value)
                        .collect(Collectors.toSet());
        return nodes.size() > FEW ? Set.of(EVERYBODY) : nodes;
    }

    private void listenTo(Set<String> wanted) throws Exception {
        Iterator<Map.Entry<String, AutoCloseable>> each = listening.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<String, AutoCloseable> one = each.next();
            if (!wanted.contains(one.getKey())) {
                each.remove();
                one.getValue().close();
            }
        }
        Set<String> fresh = new HashSet<>(wanted);
        fresh.removeAll(listening.keySet());
        for (String name : fresh) {
            listening.put(name, broker.answer(Presence.SUBJECT + name, this::heard));
        }
        if (!fresh.isEmpty()) {
            // why: it may have said hello before it was listened to
            outbox.tryAgain(node -> fresh.contains(EVERYBODY) || fresh.contains(node.value()));
        }
    }

    private byte[] heard(byte[] payload) {
        try {
            NodeName there = new NodeName(new String(payload, StandardCharsets.UTF_8));
            if (!there.equals(self)) {
                outbox.nodeIsHere(there);
            }
        } catch (IllegalArgumentException e) {
            log.warn("a hello that names no node: {}", e.getMessage());
        }
        return new byte[0];
    }
}
