package io.steward.agent.audit;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.SqliteJournal;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A data folder with a journal and an audit log, and messages for it.
final class Trail implements AutoCloseable {
    static final NodeName CENTRAL = new NodeName("central");
    static final NodeName SHIP = new NodeName("ship1");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final MessageIds ids = new MessageIds(() -> NOW);
    final Journal store;
    final AuditLog log;
    final AuditedJournal journal;

    Trail(Path folder, long maxBytes, int keep) throws IOException {
        store = SqliteJournal.open(folder.resolve("journal.db"), () -> NOW);
        try {
            log = AuditLog.open(folder, CENTRAL, store, maxBytes, keep, () -> NOW);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
        journal = new AuditedJournal(store, log);
    }

    Trail(Path folder) throws IOException {
        this(folder, 1L << 30, 10);
    }

    Message command(NodeName from, NodeName to, String... data) {
        return new Message(
                ids.next(),
                from,
                new Subject(to, MessageType.COMMAND, "shellcommand", "operatingsystem"),
                List.of(data),
                NOW,
                NOW.plus(Message.DEFAULT_EXPIRY),
                Duration.ofSeconds(30),
                3,
                null,
                true,
                OnInterrupt.AUTO,
                3,
                null,
                Map.of(),
                false,
                null);
    }

    void send(int count) {
        for (int i = 0; i < count; i++) {
            journal.accept(null, List.of(command(CENTRAL, SHIP, "echo", "no " + i))).join();
        }
    }

    DeadLetter letter() {
        return new DeadLetter("central.command.x.y", 3, new byte[] {1}, "forged", NOW);
    }

    static Instant now() {
        return NOW;
    }

    @Override
    public void close() {
        log.close();
        store.close();
    }
}
