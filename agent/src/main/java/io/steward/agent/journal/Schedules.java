package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.messages.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a journal knows of schedules: messages that are sent again and again. Thread-safe; writes
/// and reads are as those of [Journal].
///
/// A schedule *fires*: the messages of a firing are accepted and the schedule is moved on in one
/// step, so that no firing is sent twice or lost, whatever dies.
public interface Schedules {

    /// A schedule that is to be kept.
    ///
    /// @param spec what is sent and when, as its maker wrote it; the journal does not look into it
    /// @param begun from when on it fires
    /// @param end no firing is later than this; null for none
    /// @param next when it fires first
    record Plan(String name, String spec, Instant begun, @Nullable Instant end, Instant next) {}

    /// A schedule that is kept.
    ///
    /// @param version another one after every change
    /// @param begun from when on it fires
    /// @param through every firing up to this one was sent or skipped
    /// @param next when it fires next; null once it has ended
    /// @param ended when nothing more was to happen; null before
    /// @param fired when it fired last; null if it never did
    /// @param firings how often it fired
    /// @param skipped how many firings were left out
    /// @param problem what was last wrong; null if nothing was
    record Kept(
            String name,
            long version,
            String spec,
            Instant begun,
            @Nullable Instant end,
            Instant through,
            @Nullable Instant next,
            boolean paused,
            @Nullable Instant ended,
            @Nullable Instant fired,
            long firings,
            long skipped,
            @Nullable String problem) {}

    /// How a schedule is moved on.
    ///
    /// @param through as in [Kept]
    /// @param next null if nothing more is to happen
    /// @param firings how many are sent
    /// @param skipped how many are left out
    /// @param problem what is wrong; null to keep what was
    record Move(
            Instant through,
            @Nullable Instant next,
            int firings,
            long skipped,
            @Nullable String problem) {}

    /// Accepts messages as [Journal#accept] does, and schedules with them, all or none. A schedule
    /// takes the place of the one of its name; where that has the same spec and has not ended, it
    /// stays as it is.
    CompletableFuture<Accepted> accept(
            @Nullable String inputKey,
            List<Message> messages,
            List<Plan> plans,
            long mostOpen,
            Instant at);

    /// The names of the schedules that were accepted for a key.
    List<String> taken(String inputKey);

    Optional<Kept> find(String name);

    /// In the order of their names, those that have ended included.
    ///
    /// @param after continue behind this name; empty for the first page
    Page<Kept> page(String after, int limit);

    /// The names of those that are to fire, the earliest first, and of those that are through with
    /// more than `upTo`. Neither paused nor ended ones.
    List<String> due(Instant now, Instant upTo);

    /// When the next of them fires, paused ones left out.
    Optional<Instant> earliest();

    /// How many have not ended.
    int openCount();

    /// Accepts what some firings send, and moves the schedule on.
    ///
    /// @param as how it was when that was decided
    /// @param mostOpen as with [Journal#accept]
    /// @return whether it did: false, and nothing is accepted, if the schedule was changed since.
    ///   Fails with [JournalException.Kind#QUEUE_FULL] if there is no room
    CompletableFuture<Boolean> fire(
            Kept as, List<Message> messages, Move move, long mostOpen, Instant at);

    /// Says what is wrong, while nothing else changes.
    CompletableFuture<Void> note(Kept as, String problem);

    /// It does not fire until it is resumed.
    ///
    /// @return whether it was active
    CompletableFuture<Boolean> pause(String name);

    /// It fires again.
    ///
    /// @param through what it missed until then is left out
    /// @param next when it fires next; null if nothing more is to happen
    /// @return whether it did: false if the schedule was changed since
    CompletableFuture<Boolean> resume(Kept as, Instant through, @Nullable Instant next, Instant at);

    /// @return whether there was one
    CompletableFuture<Boolean> remove(String name);

    /// Called after the commit of each write that may change when the next one fires; must return
    /// at once.
    void onChange(Runnable listener);
}
