package io.steward.agent.schedule;

import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Page;
import io.steward.agent.journal.Schedules;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.messages.InputException;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/// The schedules of this agent, for those who list and change them. Thread-safe.
public final class ScheduleBook {
    /// The most schedules that have not ended.
    public static final int MOST = 10_000;

    private final NodeName node;
    private final Schedules schedules;
    private final InstantSource clock;

    /// @param node from which is sent
    public ScheduleBook(NodeName node, Schedules schedules, InstantSource clock) {
        this.node = node;
        this.schedules = schedules;
        this.clock = clock;
    }

    /// In the order of their names.
    ///
    /// @param after continue behind this name; empty for the first page
    public Page<Kept> page(String after, int limit) {
        return schedules.page(after, limit);
    }

    public Optional<Kept> find(String name) {
        return schedules.find(name);
    }

    /// It does not fire until it is resumed.
    ///
    /// @return whether it was active
    public boolean pause(String name) throws InterruptedException {
        try {
            return schedules.pause(name).get();
        } catch (ExecutionException e) {
            throw failed(name, e);
        }
    }

    /// It fires again; what it missed until now is left out.
    ///
    /// @return whether it was paused
    public boolean resume(String name) throws InterruptedException {
        Kept kept = schedules.find(name).orElse(null);
        if (kept == null || !kept.paused()) {
            return false;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        try {
            Instant next =
                    ScheduledMessage.of(kept)
                            .timetable(node, kept)
                            .after(now)
                            .map(Firing::due)
                            .orElse(null);
            return schedules.resume(kept, now, next, now).get();
        } catch (InputException e) {
            throw new IllegalStateException("schedule %s cannot be read".formatted(name), e);
        } catch (ExecutionException e) {
            throw failed(name, e);
        }
    }

    /// @return whether there was one
    public boolean remove(String name) throws InterruptedException {
        try {
            return schedules.remove(name).get();
        } catch (ExecutionException e) {
            throw failed(name, e);
        }
    }

    private static RuntimeException failed(String name, ExecutionException e) {
        return e.getCause() instanceof JournalException journal
                ? journal
                : new IllegalStateException("schedule %s could not be changed".formatted(name), e);
    }
}
