package io.steward.agent.journal;

import io.steward.messages.MessageId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The notices of a [MemoryJournal]. Guarded by it.
final class MemoryNotices implements Notices {
    private final MemorySending journal;
    private final Map<MessageId, Note> waiting = new LinkedHashMap<>();
    private final List<Received> received = new ArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Position position;
    private long newest;

    MemoryNotices(MemorySending journal) {
        this.journal = journal;
    }

    @Override
    public CompletableFuture<Void> queue(Note note, int most) {
        return journal.write(() -> {
            if (waiting.size() >= most) {
                throw SqliteNotices.full(most);
            }
            waiting.put(note.id(), note);
        });
    }

    @Override
    public List<Note> queued(int limit) {
        synchronized (journal) {
            return waiting.values().stream().limit(limit).toList();
        }
    }

    @Override
    public CompletableFuture<Void> sent(MessageId id) {
        return journal.write(() -> {
            waiting.remove(id);
        });
    }

    @Override
    public Optional<Position> position() {
        synchronized (journal) {
            return Optional.ofNullable(position);
        }
    }

    @Override
    public CompletableFuture<Integer> take(List<Note> notes, Position upTo, int most, Instant at) {
        CompletableFuture<Integer> taken =
                journal.write(() -> {
                    int fresh = 0;
                    for (Note note : notes) {
                        if (received.stream()
                                .noneMatch(each -> each.note().id().equals(note.id()))) {
                            fresh++;
                            newest++;
                            received.add(
                                    new Received(newest, note, at.truncatedTo(ChronoUnit.MILLIS)));
                        }
                    }
                    while (received.size() > most) {
                        received.removeFirst();
                    }
                    position = upTo;
                    return fresh;
                });
        return taken.thenApply(fresh -> {
            if (fresh > 0) {
                listeners.forEach(Runnable::run);
            }
            return fresh;
        });
    }

    @Override
    public List<Received> after(@Nullable String topic, long number, int limit, long bytes) {
        synchronized (journal) {
            return upTo(
                    bytes,
                    of(topic).stream()
                            .filter(each -> each.number() > number)
                            .limit(limit)
                            .toList());
        }
    }

    @Override
    public List<Received> last(@Nullable String topic, int limit, long bytes) {
        synchronized (journal) {
            return upTo(bytes, of(topic).reversed().stream().limit(limit).toList()).reversed();
        }
    }

    private List<Received> of(@Nullable String topic) {
        return received.stream()
                .filter(each -> topic == null || each.note().topic().equals(topic))
                .toList();
    }

    private static List<Received> upTo(long bytes, List<Received> all) {
        List<Received> some = new ArrayList<>();
        long sum = 0;
        for (Received each : all) {
            if (sum < bytes) {
                some.add(each);
                sum += each.note().content().length();
            }
        }
        return some;
    }

    @Override
    public long newest() {
        synchronized (journal) {
            return newest;
        }
    }

    @Override
    public void onTaken(Runnable listener) {
        listeners.add(listener);
    }

    void prune(Instant before) {
        received.removeIf(each -> each.at().isBefore(before));
    }
}
