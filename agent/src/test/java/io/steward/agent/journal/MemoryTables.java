package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The tables of a [MemoryJournal]. Guarded by this.
abstract class MemoryTables implements Journal {

    final InstantSource clock;
    final MessageIds ids;
    final Map<Direction, TreeMap<MessageId, MemoryRow>> rows =
            new EnumMap<>(
                    Map.of(Direction.SENT, new TreeMap<>(), Direction.RECEIVED, new TreeMap<>()));
    final Map<MessageId, WaitingAck> acksOut = new HashMap<>();
    final Map<String, Input> inputs = new HashMap<>();
    final Map<MessageId, Instant> cancelled = new HashMap<>();
    final List<DeadLetter> deadLetters = new ArrayList<>();
    final TreeMap<Long, Ended> processed = new TreeMap<>();
    final Map<String, String> kept = new TreeMap<>();
    final Map<NodeName, Seen> nodes = new TreeMap<>();
    final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    long lastSeq;
    long lastProcessed;
    long logged;
    @Nullable JournalException failure;
    @Nullable JournalException startFailure;
    Runnable onStarted = () -> {};
    boolean closed;

    record WaitingAck(long seq, Message message) {}

    record Input(List<MessageId> ids, Instant at) {}

    record Ended(MemoryRow row, Instant at) {}

    MemoryTables(InstantSource clock) {
        this.clock = clock;
        this.ids = new MessageIds(clock);
    }

    <T> CompletableFuture<T> write(Supplier<T> work) {
        boolean ended;
        T result;
        synchronized (this) {
            JournalException refusal =
                    closed
                            ? new JournalException(
                                    JournalException.Kind.CLOSED, "the journal is closed")
                            : failure;
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            long before = lastProcessed;
            try {
                result = work.get();
            } catch (JournalException e) {
                return CompletableFuture.failedFuture(e);
            }
            ended = lastProcessed > before;
        }
        if (ended) {
            listeners.forEach(Runnable::run);
        }
        return CompletableFuture.completedFuture(result);
    }

    @SuppressWarnings("NullAway") // a Void has no other value
    CompletableFuture<Void> write(Runnable work) {
        return write(() -> {
            work.run();
            return null;
        });
    }

    @Nullable MemoryRow row(Direction direction, MessageId id) {
        return table(direction).get(id);
    }

    Map<MessageId, MemoryRow> table(Direction direction) {
        Map<MessageId, MemoryRow> table = rows.get(direction);
        if (table == null) {
            throw new IllegalStateException("no table for " + direction);
        }
        return table;
    }

    void requireOpen() {
        if (closed) {
            throw new JournalException(JournalException.Kind.CLOSED, "the journal is closed");
        }
    }

    static void requireEnd(State state) {
        if (!state.isEnd()) {
            throw new IllegalArgumentException("state " + state + " is not an end");
        }
    }
}
