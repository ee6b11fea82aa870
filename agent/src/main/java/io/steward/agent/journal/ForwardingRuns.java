package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// As [ForwardingJournal], for runs.
public abstract class ForwardingRuns implements Runs {
    private final Runs runs;

    protected ForwardingRuns(Runs runs) {
        this.runs = runs;
    }

    @Override
    public CompletableFuture<Void> begin(RunId id, String spec, List<NodeName> nodes, Instant at) {
        return runs.begin(id, spec, nodes, at);
    }

    @Override
    public Optional<Run> find(RunId id) {
        return runs.find(id);
    }

    @Override
    public Page<Run> newest(@Nullable RunId before, int limit) {
        return runs.newest(before, limit);
    }

    @Override
    public List<RunId> open() {
        return runs.open();
    }

    @Override
    public CompletableFuture<Boolean> move(
            RunId id, Set<Phase> from, Phase to, @Nullable String reason, Instant at) {
        return runs.move(id, from, to, reason, at);
    }

    @Override
    public CompletableFuture<Boolean> send(
            RunId id, int wave, Map<Integer, Message> messages, long mostOpen, Instant at) {
        return runs.send(id, wave, messages, mostOpen, at);
    }

    @Override
    public CompletableFuture<Void> leaveOut(
            RunId id, Collection<Integer> places, String why, Instant at) {
        return runs.leaveOut(id, places, why, at);
    }

    @Override
    public CompletableFuture<Boolean> settle(RunId id, Instant at) {
        return runs.settle(id, at);
    }

    @Override
    public List<Target> targets(RunId id, int after, int limit) {
        return runs.targets(id, after, limit);
    }

    @Override
    public List<Target> ended(RunId id, int after, int limit) {
        return runs.ended(id, after, limit);
    }

    @Override
    public Optional<Counts> counts(RunId id) {
        return runs.counts(id);
    }
}
