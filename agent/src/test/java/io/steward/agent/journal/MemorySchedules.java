package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.messages.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schedules of a [MemoryJournal]. Guarded by it.
final class MemorySchedules implements Schedules {
    private final MemorySending journal;
    private final TreeMap<String, Kept> schedules = new TreeMap<>();
    private final Map<String, List<String>> inputs = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    MemorySchedules(MemorySending journal) {
        this.journal = journal;
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey,
            List<Message> messages,
            List<Plan> plans,
            long mostOpen,
            Instant at) {
        synchronized (journal) {
            return changed(
                    journal.accept(inputKey, messages, mostOpen)
                            .thenApply(accepted -> {
                                if (accepted.fresh()) {
                                    plans.forEach(plan -> keep(plan));
                                }
                                if (accepted.fresh() && inputKey != null) {
                                    inputs.put(inputKey, plans.stream().map(Plan::name).toList());
                                }
                                return accepted;
                            }));
        }
    }

    private void keep(Plan plan) {
        Kept known = schedules.get(plan.name());
        if (known != null && known.spec().equals(plan.spec()) && known.ended() == null) {
            return;
        }
        schedules.put(
                plan.name(),
                new Kept(
                        plan.name(),
                        known == null ? 1 : known.version() + 1,
                        plan.spec(),
                        plan.begun(),
                        plan.end() == null ? null : millis(plan.end()),
                        plan.begun(),
                        millis(plan.next()),
                        false,
                        null,
                        null,
                        0,
                        0,
                        null));
    }

    @Override
    public List<String> taken(String inputKey) {
        synchronized (journal) {
            return inputs.getOrDefault(inputKey, List.of());
        }
    }

    @Override
    public Optional<Kept> find(String name) {
        synchronized (journal) {
            return Optional.ofNullable(schedules.get(name));
        }
    }

    @Override
    public Page<Kept> page(String after, int limit) {
        synchronized (journal) {
            Collection<Kept> behind = schedules.tailMap(after, false).values();
            return new Page<>(behind.stream().limit(limit).toList(), behind.size() > limit);
        }
    }

    private Stream<Kept> active() {
        return schedules.values().stream()
                .filter(kept -> kept.ended() == null && !kept.paused())
                .sorted(Comparator.comparing(kept -> Objects.requireNonNull(kept.next())));
    }

    @Override
    public List<String> due(Instant now, Instant upTo) {
        synchronized (journal) {
            return active().filter(kept ->
                            !Objects.requireNonNull(kept.next()).isAfter(now)
                                    || kept.through().isAfter(upTo))
                    .map(Kept::name)
                    .toList();
        }
    }

    @Override
    public Optional<Instant> earliest() {
        synchronized (journal) {
            return active().findFirst().map(kept -> Objects.requireNonNull(kept.next()));
        }
    }

    @Override
    public int openCount() {
        synchronized (journal) {
            return (int) schedules.values().stream().filter(kept -> kept.ended() == null).count();
        }
    }

    @Override
    public CompletableFuture<Boolean> fire(
            Kept as, List<Message> messages, Move move, long mostOpen, Instant at) {
        synchronized (journal) {
            Kept known = schedules.get(as.name());
            if (known == null
                    || known.version() != as.version()
                    || as.paused()
                    || as.ended() != null) {
                return CompletableFuture.completedFuture(false);
            }
            return changed(
                    journal.accept(null, messages, mostOpen)
                            .thenApply(_ -> {
                                schedules.put(as.name(), moved(known, move, millis(at)));
                                return true;
                            }));
        }
    }

    private static Kept moved(Kept as, Move move, Instant at) {
        return new Kept(
                as.name(),
                as.version() + 1,
                as.spec(),
                as.begun(),
                as.end(),
                millis(move.through()),
                move.next() == null ? null : millis(move.next()),
                false,
                move.next() == null ? at : null,
                move.firings() > 0 ? at : as.fired(),
                as.firings() + move.firings(),
                as.skipped() + move.skipped(),
                move.problem() == null ? as.problem() : move.problem());
    }

    @Override
    public CompletableFuture<Void> note(Kept as, String problem) {
        return journal.write(() -> {
            Kept known = schedules.get(as.name());
            if (known != null && known.version() == as.version()) {
                schedules.put(as.name(), with(known, known.version(), known.paused(), problem));
            }
        });
    }

    private static Kept with(Kept as, long version, boolean paused, @Nullable String problem) {
        return new Kept(
                as.name(),
                version,
                as.spec(),
                as.begun(),
                as.end(),
                as.through(),
                as.next(),
                paused,
                as.ended(),
                as.fired(),
                as.firings(),
                as.skipped(),
                problem);
    }

    @Override
    public CompletableFuture<Boolean> pause(String name) {
        return changed(
                journal.write(() -> {
                    Kept known = schedules.get(name);
                    if (known == null || known.paused() || known.ended() != null) {
                        return false;
                    }
                    schedules.put(name, with(known, known.version() + 1, true, known.problem()));
                    return true;
                }));
    }

    @Override
    public CompletableFuture<Boolean> resume(
            Kept as, Instant through, @Nullable Instant next, Instant at) {
        return changed(
                journal.write(() -> {
                    Kept known = schedules.get(as.name());
                    if (known == null || !known.paused() || known.version() != as.version()) {
                        return false;
                    }
                    schedules.put(
                            as.name(),
                            moved(known, new Move(through, next, 0, 0, null), millis(at)));
                    return true;
                }));
    }

    @Override
    public CompletableFuture<Boolean> remove(String name) {
        return changed(journal.write(() -> schedules.remove(name) != null));
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private <T> CompletableFuture<T> changed(CompletableFuture<T> write) {
        return write.thenApply(result -> {
            listeners.forEach(Runnable::run);
            return result;
        });
    }

    void prune(Instant before) {
        schedules.values().removeIf(kept -> kept.ended() != null && kept.ended().isBefore(before));
    }

    private static Instant millis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }
}
