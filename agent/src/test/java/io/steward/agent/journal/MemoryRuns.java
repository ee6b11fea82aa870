package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The runs of a [MemoryJournal]. Guarded by it.
final class MemoryRuns implements Runs {
    private final MemorySending journal;
    private final TreeMap<RunId, Run> runs = new TreeMap<>();
    private final Map<RunId, List<Target>> targets = new TreeMap<>();

    MemoryRuns(MemorySending journal) {
        this.journal = journal;
    }

    @Override
    public CompletableFuture<Void> begin(RunId id, String spec, List<NodeName> nodes, Instant at) {
        return journal.write(() -> {
            Instant when = at.truncatedTo(ChronoUnit.MILLIS);
            runs.put(id, new Run(id, when, spec, nodes.size(), Phase.RUNNING, null, when, null));
            List<Target> list = new ArrayList<>();
            for (NodeName node : nodes) {
                list.add(new Target(list.size(), node, null, null, null, null, null, null, 0));
            }
            targets.put(id, list);
        });
    }

    @Override
    public Optional<Run> find(RunId id) {
        synchronized (journal) {
            return Optional.ofNullable(runs.get(id));
        }
    }

    @Override
    public Page<Run> newest(@Nullable RunId before, int limit) {
        synchronized (journal) {
            List<Run> found =
                    runs.descendingMap().values().stream()
                            .filter(run -> before == null || run.id().compareTo(before) < 0)
                            .toList();
            return new Page<>(
                    found.subList(0, Math.min(limit, found.size())), found.size() > limit);
        }
    }

    @Override
    public List<RunId> open() {
        synchronized (journal) {
            return runs.values().stream().filter(run -> run.ended() == null).map(Run::id).toList();
        }
    }

    @Override
    public CompletableFuture<Boolean> move(
            RunId id, Set<Phase> from, Phase to, @Nullable String reason, Instant at) {
        return journal.write(() -> {
            Run run = runs.get(id);
            if (run == null || !from.contains(run.phase())) {
                return false;
            }
            put(run, to, reason, at, run.ended());
            return true;
        });
    }

    private void put(
            Run run, Phase phase, @Nullable String reason, Instant at, @Nullable Instant ended) {
        runs.put(
                run.id(),
                new Run(
                        run.id(),
                        run.created(),
                        run.spec(),
                        run.targets(),
                        phase,
                        reason,
                        at.truncatedTo(ChronoUnit.MILLIS),
                        ended));
    }

    private boolean isRunning(RunId id) {
        Run run = runs.get(id);
        return run != null && run.phase() == Phase.RUNNING;
    }

    @Override
    public CompletableFuture<Boolean> send(
            RunId id, int wave, Map<Integer, Message> messages, long mostOpen, Instant at) {
        synchronized (journal) {
            if (!isRunning(id)) {
                return CompletableFuture.completedFuture(false);
            }
        }
        List<Target> list = targets.getOrDefault(id, new ArrayList<>());
        for (int place : messages.keySet()) {
            if (place >= list.size() || !list.get(place).isUnsent()) {
                return CompletableFuture.failedFuture(new IllegalStateException("place " + place));
            }
        }
        return journal.accept(null, List.copyOf(new TreeMap<>(messages).values()), mostOpen)
                .thenCompose(_ ->
                        journal.write(() -> {
                            messages.forEach((place, message) -> {
                                NodeName node = list.get(place).node();
                                list.set(
                                        place,
                                        new Target(
                                                place,
                                                node,
                                                wave,
                                                message.id(),
                                                at.truncatedTo(ChronoUnit.MILLIS),
                                                null,
                                                null,
                                                null,
                                                0));
                            });
                            return true;
                        }));
    }

    @Override
    public CompletableFuture<Void> leaveOut(
            RunId id, Collection<Integer> places, String why, Instant at) {
        return journal.write(() -> {
            List<Target> list = isRunning(id) ? targets.getOrDefault(id, List.of()) : List.of();
            for (int place : list.isEmpty() ? List.<Integer>of() : places) {
                Target target = list.get(place);
                if (target.isUnsent()) {
                    list.set(
                            place,
                            new Target(
                                    place,
                                    target.node(),
                                    null,
                                    null,
                                    null,
                                    null,
                                    at.truncatedTo(ChronoUnit.MILLIS),
                                    why,
                                    ended(list) + 1));
                }
            }
        });
    }

    @Override
    public CompletableFuture<Boolean> settle(RunId id, Instant at) {
        return journal.write(() -> {
            List<Target> list = targets.getOrDefault(id, new ArrayList<>());
            List<Target> ends =
                    list.stream()
                            .filter(target -> target.nth() == 0)
                            .map(this::now)
                            .filter(target -> target.state() != null && target.state().isEnd())
                            .sorted(Comparator.comparing(MemoryRuns::end))
                            .toList();
            int nth = ended(list);
            for (Target end : ends) {
                list.set(end.place(), now(list.get(end.place()), ++nth));
            }
            Run run = runs.get(id);
            if (run == null || run.ended() != null) {
                return true;
            }
            if (run.phase().isOpen() || list.stream().map(this::now).anyMatch(Target::isUnderWay)) {
                return false;
            }
            put(run, run.phase(), run.reason(), run.changed(), at.truncatedTo(ChronoUnit.MILLIS));
            return true;
        });
    }

    private static Instant end(Target target) {
        return Objects.requireNonNull(target.endedAt());
    }

    private static int ended(List<Target> targets) {
        return targets.stream().mapToInt(Target::nth).max().orElse(0);
    }

    private Target now(Target target) {
        return now(target, 0);
    }

    /// With the state of its message.
    ///
    /// @param nth what it has where that message is open
    private Target now(Target target, int nth) {
        MessageId message = target.message();
        MemoryRow row =
                message == null || target.state() != null
                        ? null
                        : journal.row(Direction.SENT, message);
        return row == null
                ? target
                : new Target(
                        target.place(),
                        target.node(),
                        target.wave(),
                        message,
                        target.sentAt(),
                        row.state,
                        row.state.isEnd() ? row.states.get(row.state) : null,
                        null,
                        nth);
    }

    @Override
    public List<Target> targets(RunId id, int after, int limit) {
        synchronized (journal) {
            return targets.getOrDefault(id, new ArrayList<>()).stream()
                    .filter(target -> target.place() > after)
                    .limit(limit)
                    .map(this::now)
                    .toList();
        }
    }

    @Override
    public List<Target> ended(RunId id, int after, int limit) {
        synchronized (journal) {
            return targets.getOrDefault(id, new ArrayList<>()).stream()
                    .filter(target -> target.nth() > after)
                    .sorted(Comparator.comparingInt(Target::nth))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public Optional<Counts> counts(RunId id) {
        synchronized (journal) {
            if (!runs.containsKey(id)) {
                return Optional.empty();
            }
            Map<State, Integer> states = new EnumMap<>(State.class);
            int unsent = 0;
            int leftOut = 0;
            for (Target target : targets(id, -1, Integer.MAX_VALUE)) {
                if (target.state() != null) {
                    states.merge(target.state(), 1, Integer::sum);
                } else if (target.isUnsent()) {
                    unsent++;
                } else {
                    leftOut++;
                }
            }
            return Optional.of(new Counts(states, unsent, leftOut));
        }
    }

    void prune(Instant before) {
        runs.values().removeIf(run -> run.ended() != null && run.ended().isBefore(before));
        targets.keySet().retainAll(runs.keySet());
    }
}
