package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// Messages and contexts for the tests of methods, at one fixed moment.
final class Messages {
    static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    static final NodeName SHIP = new NodeName("ship1");
    static final NodeName CENTRAL = new NodeName("central");

    private static final MessageIds IDS = new MessageIds(InstantSource.system());

    private Messages() {}

    /// From central to ship1, in the method's default domain.
    static Message to(MethodSpec spec, String... data) {
        return to(spec, CENTRAL, spec.defaultDomain(), data);
    }

    static Message to(MethodSpec spec, NodeName from, String domain, String... data) {
        return of(new Subject(SHIP, spec.type(), spec.name(), domain), from, data);
    }

    static Message command(String method, String... data) {
        return of(new Subject(SHIP, MessageType.COMMAND, method, "kernel"), CENTRAL, data);
    }

    private static Message of(Subject subject, NodeName from, String... data) {
        return new Message(
                IDS.next(),
                from,
                subject,
                List.of(data),
                NOW,
                NOW.plus(Message.DEFAULT_EXPIRY),
                Message.DEFAULT_ACK_TIMEOUT,
                0,
                null,
                true,
                OnInterrupt.AUTO,
                1,
                null,
                Map.of(),
                false,
                null);
    }

    static MethodContext context(Path dataFolder) {
        return context(dataFolder, Duration.ofSeconds(10), new Cancellation());
    }

    static MethodContext context(Path dataFolder, Duration timeout, Cancellation cancellation) {
        return new MethodContext(
                SHIP,
                dataFolder,
                timeout,
                1,
                io.steward.agent.policy.RunAs.AGENT,
                cancellation,
                InstantSource.fixed(NOW));
    }
}
