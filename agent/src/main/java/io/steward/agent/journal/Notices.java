package io.steward.agent.journal;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a journal knows of notices: those that are to be sent from here, those that came for this
/// node, and how far it has read what all nodes are told. Thread-safe; writes and reads are as
/// those of [Journal].
public interface Notices {

    /// A notice.
    ///
    /// @param content what it says, as its maker wrote it; the journal does not look into it
    /// @param made when its maker made it, in milliseconds
    record Note(MessageId id, NodeName from, String topic, String content, Instant made) {}

    /// One that came.
    ///
    /// @param number counts up in the order of coming, and is never used again
    record Received(long number, Note note, Instant at) {}

    /// How far the stream of all notices was read.
    ///
    /// @param created when that stream was made
    /// @param sequence of the last that was looked at
    record Position(Instant created, long sequence) {}

    /// Keeps one until it is sent.
    ///
    /// @param most how many may be kept so
    /// @return fails with [JournalException.Kind#QUEUE_FULL] if there are as many
    CompletableFuture<Void> queue(Note note, int most);

    /// Those that are to be sent, in the order of queueing.
    List<Note> queued(int limit);

    /// It was sent.
    CompletableFuture<Void> sent(MessageId id);

    /// Empty before the first [#take].
    Optional<Position> position();

    /// Takes those that came for this node and moves the position, both or neither. One whose id is
    /// there already is left out.
    ///
    /// @param most how many are kept of all; the oldest are removed
    /// @return how many were new
    CompletableFuture<Integer> take(List<Note> notes, Position upTo, int most, Instant at);

    /// Those behind a number, in their order.
    ///
    /// @param topic only those of this topic; null for all
    /// @param bytes ends with the one with which their contents come to so many
    List<Received> after(@Nullable String topic, long number, int limit, long bytes);

    /// The newest, the oldest of them first.
    ///
    /// @param bytes ends, before the newest, with the one with which their contents come to so many
    List<Received> last(@Nullable String topic, int limit, long bytes);

    /// The number of the newest that ever came; 0 if none did.
    long newest();

    /// Called after each [#take] with something new; must return at once.
    void onTaken(Runnable listener);
}
