package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// An outbox for tests, in which every method has the domain `test`.
public final class TestOutbox {
    private TestOutbox() {}

    public static MessageOutbox of(
            NodeName node,
            Supervisor supervisor,
            Journal journal,
            Broker broker,
            InstantSource clock,
            MessageIds ids) {
        return new MessageOutbox(
                node,
                supervisor,
                journal,
                broker,
                clock,
                Duration.ofMinutes(1),
                ids,
                (_, _) -> Optional.of("test"),
                OutboxLimits.NONE);
    }
}
