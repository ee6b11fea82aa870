package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.messages.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// As [ForwardingJournal], for schedules.
public abstract class ForwardingSchedules implements Schedules {
    private final Schedules schedules;

    protected ForwardingSchedules(Schedules schedules) {
        this.schedules = schedules;
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey,
            List<Message> messages,
            List<Plan> plans,
            long mostOpen,
            Instant at) {
        return schedules.accept(inputKey, messages, plans, mostOpen, at);
    }

    @Override
    public List<String> taken(String inputKey) {
        return schedules.taken(inputKey);
    }

    @Override
    public Optional<Kept> find(String name) {
        return schedules.find(name);
    }

    @Override
    public Page<Kept> page(String after, int limit) {
        return schedules.page(after, limit);
    }

    @Override
    public List<String> due(Instant now, Instant upTo) {
        return schedules.due(now, upTo);
    }

    @Override
    public Optional<Instant> earliest() {
        return schedules.earliest();
    }

    @Override
    public int openCount() {
        return schedules.openCount();
    }

    @Override
    public CompletableFuture<Boolean> fire(
            Kept as, List<Message> messages, Move move, long mostOpen, Instant at) {
        return schedules.fire(as, messages, move, mostOpen, at);
    }

    @Override
    public CompletableFuture<Void> note(Kept as, String problem) {
        return schedules.note(as, problem);
    }

    @Override
    public CompletableFuture<Boolean> pause(String name) {
        return schedules.pause(name);
    }

    @Override
    public CompletableFuture<Boolean> resume(
            Kept as, Instant through, @Nullable Instant next, Instant at) {
        return schedules.resume(as, through, next, at);
    }

    @Override
    public CompletableFuture<Boolean> remove(String name) {
        return schedules.remove(name);
    }

    @Override
    public void onChange(Runnable listener) {
        schedules.onChange(listener);
    }
}
