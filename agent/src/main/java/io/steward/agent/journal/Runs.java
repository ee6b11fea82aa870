package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a journal knows of runs: one send to many nodes each, of which every node gets a message of
/// its own when its turn comes. Thread-safe; writes and reads are as those of [Journal].
public interface Runs {

    /// How far a run is.
    enum Phase {
        /// Targets are sent their messages as the plan says.
        RUNNING,
        /// No more are sent until it is resumed.
        PAUSED,
        /// Every target was sent its message, or is left out.
        SENT,
        /// Too many targets failed: no more are sent.
        STOPPED,
        /// Somebody ended it: no more are sent.
        ABORTED;

        /// Whether more may be sent.
        public boolean isOpen() {
            return this == RUNNING || this == PAUSED;
        }
    }

    /// A run.
    ///
    /// @param spec what is sent and how, as its maker wrote it; the journal does not look into it
    /// @param targets how many
    /// @param reason why it is in its phase, where there is more to say
    /// @param changed when it came into its phase
    /// @param ended when nothing more was to happen: no target will be sent a message, and every
    ///   message has ended; null before
    record Run(
            RunId id,
            Instant created,
            String spec,
            int targets,
            Phase phase,
            @Nullable String reason,
            Instant changed,
            @Nullable Instant ended) {}

    /// One node of a run.
    ///
    /// @param place in the order of the run, from 0
    /// @param wave with which it was sent its message, from 0; null before
    /// @param message null before it was sent
    /// @param state that of its message; null if it has none
    /// @param endedAt when that ended; null before
    /// @param leftOut why it is not sent one; null if it was or will be
    /// @param nth it is the nth of the run that ended or was left out, from 1, in the order in
    ///   which the run learnt of it; 0 before
    record Target(
            int place,
            NodeName node,
            @Nullable Integer wave,
            @Nullable MessageId message,
            @Nullable Instant sentAt,
            @Nullable State state,
            @Nullable Instant endedAt,
            @Nullable String leftOut,
            int nth) {

        /// Whether it has neither got a message nor been left out.
        public boolean isUnsent() {
            return message == null && leftOut == null;
        }

        /// Whether its message is under way.
        public boolean isUnderWay() {
            return state != null && !state.isEnd();
        }
    }

    /// Begins a run, [Phase#RUNNING], with nothing sent yet.
    ///
    /// @param nodes its targets, in their order
    CompletableFuture<Void> begin(RunId id, String spec, List<NodeName> nodes, Instant at);

    Optional<Run> find(RunId id);

    /// The newest first.
    ///
    /// @param before continue with what is older; null for the first page
    Page<Run> newest(@Nullable RunId before, int limit);

    /// Those that have not ended, the oldest first.
    List<RunId> open();

    /// Moves a run to another phase.
    ///
    /// @return whether it was in one of `from`
    CompletableFuture<Boolean> move(
            RunId id, Set<Phase> from, Phase to, @Nullable String reason, Instant at);

    /// Accepts messages for targets that have none, as [Journal#accept] does, all or none; none
    /// where the run is not [Phase#RUNNING] any more.
    ///
    /// @param messages by the place of the target
    /// @param mostOpen as with [Journal#accept]
    /// @return whether they are accepted; fails with [JournalException.Kind#QUEUE_FULL] if there is
    ///   no room
    CompletableFuture<Boolean> send(
            RunId id, int wave, Map<Integer, Message> messages, long mostOpen, Instant at);

    /// Leaves targets out that were not sent a message; none where the run is not [Phase#RUNNING]
    /// any more.
    CompletableFuture<Void> leaveOut(RunId id, Collection<Integer> places, String why, Instant at);

    /// Takes the ends of its messages over into the run, where they stay when the messages are
    /// pruned; and ends it if nothing more is to happen.
    ///
    /// @return whether it has ended
    CompletableFuture<Boolean> settle(RunId id, Instant at);

    /// The targets in their order.
    ///
    /// @param after continue behind this place; -1 for the first page
    List<Target> targets(RunId id, int after, int limit);

    /// The targets that have ended or were left out, as far as the run has learnt of it, by
    /// [Target#nth].
    ///
    /// @param after continue behind this [Target#nth]; 0 for the first page
    List<Target> ended(RunId id, int after, int limit);

    /// How many targets are in each state of their messages; those that were not sent one are under
    /// [Counts#unsent] or [Counts#leftOut]. Empty for a run that is not known.
    Optional<Counts> counts(RunId id);

    record Counts(Map<State, Integer> states, int unsent, int leftOut) {
        public Counts {
            states = Map.copyOf(states);
        }
    }
}
