package io.steward.agent.journal;

import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The durable memory of one agent. Thread-safe. Every write is one atomic step; its future
/// completes after the commit, in the order of the calls (when a future has completed, every write
/// that was asked for earlier is durable too), and fails with [JournalException] when nothing of it
/// was kept. Reads see every write whose future has completed. Futures are completed by one thread
/// in the order of the calls, so what is chained to them must return at once and not wait for the
/// journal.
///
/// Sent and received messages are two lists: a node may send to itself, and then has the message in
/// both.
public interface Journal extends Queues, AutoCloseable {

    /// The two lists of messages.
    enum Direction {
        SENT,
        RECEIVED
    }

    // ---- sending
    // -------------------------------------------------------------------------------------------------

    /// Accepts outgoing messages, all or none, as [State#QUEUED].
    ///
    /// @param inputKey what they came from; the same key is taken once, however often it is
    ///   offered. Null for an input that cannot be offered twice
    /// @param mostOpen how many messages that were sent from here may be without an end after this,
    ///   ACKs not counted; if there would be more, nothing is accepted, and it fails with
    ///   [JournalException.Kind#QUEUE_FULL]. A key that was taken before is no matter of room
    /// @return the ids now in the journal for that key: those of `messages`, or of the first time
    CompletableFuture<Accepted> accept(
            @Nullable String inputKey, List<Message> messages, long mostOpen);

    /// As [#accept(String, List, long)], without a bound.
    default CompletableFuture<Accepted> accept(@Nullable String inputKey, List<Message> messages) {
        return accept(inputKey, messages, Long.MAX_VALUE);
    }

    /// The ids that were accepted for a key; empty if it has not been taken.
    Optional<List<MessageId>> taken(String inputKey);

    /// @param fresh false if the key had been taken before, so that nothing was added
    record Accepted(List<MessageId> ids, boolean fresh) {}

    /// The broker has it: queued becomes published. An ACK that waits to be sent is removed
    /// instead, as nothing more is expected of it.
    CompletableFuture<Void> published(MessageId id, Published where);

    /// Where the broker keeps a message.
    ///
    /// @param stream the mailbox
    /// @param streamCreated tells a stream from another one of the same name, made after it was
    ///   lost
    record Published(String stream, Instant streamCreated, long sequence, Instant at) {}

    /// Why a message is still queued, for those who ask; null once that is over. Every new state
    /// clears it, and one that has ended takes no note.
    CompletableFuture<Void> note(MessageId id, @Nullable String note);

    /// It is to be published again (lost by the broker): published or later, but not ended. Counts
    /// up `resends`. The state does not go back.
    CompletableFuture<Void> resending(MessageId id, Instant at);

    /// What receivers said of messages sent from here, in one transaction, the pieces of output of
    /// frames included; late, repeated and unknown ones, and those of another node than the
    /// receiver, change nothing. (An outcome that comes after the message ended otherwise is kept
    /// as its note.) Where the receiver says when it took the message in, started and ended it,
    /// those are the times of these states, else when it came to be known. A message that ends this
    /// way gets its row of the processed log.
    ///
    /// @return for each ACK, in order, the state of the message after it; empty where no such
    ///   message was sent from here
    CompletableFuture<List<Optional<State>>> acknowledged(List<Ack> acks, Instant at);

    /// Ends a message on the sender's side without an ACK: expired, cancelled. An ACK that waits to
    /// be sent is removed instead.
    ///
    /// @return whether it changed anything: false if it had ended before, or is in another state
    ///   than one of `ifIn`
    CompletableFuture<Boolean> endSent(
            MessageId id, List<State> ifIn, State end, String reason, Instant at);

    /// When to look after a published message next; see docs/concepts.md.
    CompletableFuture<Void> lookAgain(List<MessageId> ids, Instant next, int looks);

    /// Sent messages that were published, have not ended and are due to be looked after: the
    /// `ackTimeout` has passed without a word, or [#LOOK_AFTER_NEWS] since the last one, or the
    /// time that [#lookAgain] said. Fewer than `limit` where they are large.
    List<SentMessage> dueForLook(Instant now, int limit);

    /// How long after the last thing heard of it a received or started message is asked after.
    Duration LOOK_AFTER_NEWS = Duration.ofMinutes(5);

    /// Makes every message to `node` that was published and has not ended due at once: its node
    /// said hello, or the broker lost what it had.
    CompletableFuture<Void> lookNow(NodeName node, Instant now);

    /// Sent messages that have not ended and whose deadline (see [#acknowledged]) has passed:
    /// `expiresAt` for those queued, `expiresAt` + method timeout (or `defaultMethodTimeout`) +
    /// `grace` for the others. Fewer than `limit` where they are large.
    List<SentMessage> overdue(
            Instant now, Duration defaultMethodTimeout, Duration grace, int limit);

    /// The oldest messages still queued, ACKs included, in the order in which they were accepted:
    /// not by their creation, since the clock may be set back.
    List<Message> queued(int limit);

    /// The oldest messages of one subject that are queued, ACKs included, in the order in which
    /// they were accepted.
    default List<Message> queuedOf(Subject subject, int limit) {
        return queuedOf(subject, List.of(), limit, Long.MAX_VALUE);
    }

    /// As [#queuedOf(Subject, int)].
    ///
    /// @param without leaves these out
    /// @param bytes ends with the message with which the envelopes come to so many
    List<Message> queuedOf(Subject subject, Collection<MessageId> without, int limit, long bytes);

    /// The oldest messages of one subject that are published and of which nothing was heard since,
    /// in the order in which they were accepted; fewer than `limit` where they are large.
    ///
    /// @param notIn leaves out those in the mailbox that was made then; null for all
    List<SentMessage> publishedOf(Subject subject, @Nullable Instant notIn, int limit);

    /// The subjects that have queued messages, that with the oldest first.
    List<Subject> queuedSubjects();

    Optional<SentMessage> sent(MessageId id);

    /// Whether an ACK that was accepted still waits to be sent.
    boolean ackWaits(MessageId id);

    /// What a message sent from here is known to have printed, in the order in which it was heard
    /// of. Only of messages whose receiver sent frames (see [Ack#isFrame]); of those all of it,
    /// once they have ended.
    ///
    /// @param after continue behind this one; 0 for the first page
    List<Piece> output(MessageId id, long after, int limit);

    /// A piece of what was printed; those of one stream and attempt lie end to end.
    ///
    /// @param cursor counts up within a message, with gaps
    /// @param at where it begins in all that was printed there
    record Piece(long cursor, int attempt, boolean stderr, int at, Output bytes) {}

    /// A message that was sent from here.
    ///
    /// @param ack the last thing its receiver said, with the outcome once it ended
    /// @param states each state with the time at which it was seen here, in order
    record SentMessage(
            Message message,
            State state,
            @Nullable String reason,
            @Nullable String note,
            @Nullable Published published,
            int resends,
            int looks,
            @Nullable Ack ack,
            Map<State, Instant> states) {

        /// Whether it was published again as often as its sender allows.
        public boolean isSpent() {
            return message.retries() > 0 && resends >= message.retries();
        }
    }

    // ---- receiving
    // -----------------------------------------------------------------------------------------------

    /// Takes in what was fetched, in one transaction. A known id is not taken in again.
    ///
    /// @return what became of each, in order
    CompletableFuture<List<Taken>> receive(List<Incoming> messages);

    /// @param bodyHash SHA-256 in hex of the payload, to tell a second copy from another message
    ///   with the same id
    /// @param sequence its place in the mailbox, which is the order of running
    /// @param deadline when it is too late to start it, by the broker's clock
    /// @param starts how often an agent with another journal may have started it
    /// @param refusal why it is not to be run at all; null if it is
    record Incoming(
            Message message,
            String bodyHash,
            long sequence,
            Instant at,
            Instant deadline,
            int starts,
            @Nullable String refusal) {
        /// One that is to be run.
        public Incoming(
                Message message,
                String bodyHash,
                long sequence,
                Instant at,
                Instant deadline,
                int starts) {
            this(message, bodyHash, sequence, at, deadline, starts, null);
        }

        /// One that was started nowhere else.
        public Incoming(
                Message message, String bodyHash, long sequence, Instant at, Instant deadline) {
            this(message, bodyHash, sequence, at, deadline, 0);
        }

        /// One whose sender's clock is right.
        public Incoming(Message message, String bodyHash, long sequence, Instant at) {
            this(message, bodyHash, sequence, at, message.expiresAt());
        }
    }

    /// What became of a message that was fetched.
    sealed interface Taken {
        /// It is new, and now in the journal.
        record New() implements Taken {}

        /// It was known, with the same body.
        record Known(ReceivedMessage known) implements Taken {}

        /// Its id is known with another body.
        record Conflict() implements Taken {}

        /// Its cancelling had come before it: it is in the journal as cancelled, with `ack` queued
        /// to be sent.
        record CancelledBefore(Message ack) implements Taken {}

        /// It is new and not to be run: it is in the journal as refused, with `ack` queued to be
        /// sent.
        record Refused(Message ack) implements Taken {}
    }

    /// Stores what could not be decoded.
    CompletableFuture<Void> deadLetter(DeadLetter letter);

    record DeadLetter(String subject, long sequence, byte[] payload, String reason, Instant at) {}

    /// The newest first.
    List<DeadLetter> deadLetters(int limit);

    /// The method is about to run: durable before it does. Fails if the message is not known or has
    /// ended (it was cancelled meanwhile): then it must not run.
    ///
    /// @param attempt 1 for the first
    /// @param bootId of the machine, to tell a restart of the agent from one of the machine
    CompletableFuture<Void> started(MessageId id, int attempt, String bootId, Instant at);

    /// The outcome, the ACK to be sent, and the row for the processed log, all in one transaction.
    ///
    /// @param ackMessage the ACK event, which is queued; null when the sender expects none
    /// @param also messages that come of it (a copy of the result for `reply`), queued with it
    /// @return false if it had ended before, and nothing was changed
    CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at);

    /// As [#finished], for several in one transaction.
    CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes);

    record Finish(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {}

    /// Remembers that `id` is to be cancelled, so that it is not run when it comes, and, where it
    /// has come and not ended, so that a restart does not forget it (see [#cancelling]).
    ///
    /// @return what is known of it; empty if it was not known and will be cancelled when it comes
    CompletableFuture<Optional<ReceivedMessage>> cancelAhead(MessageId id, Instant at);

    /// Forgets every received message that was never started here, as if it had not come: another
    /// agent has this node's name and gets them.
    ///
    /// @param keep those that are not forgotten all the same; called by the journal's thread, must
    ///   not wait
    /// @return the ids of the others, in the order in which they came
    CompletableFuture<List<MessageId>> giveUpUnstarted(Predicate<MessageId> keep);

    Optional<ReceivedMessage> received(MessageId id);

    /// Received messages that have not ended, in the order in which they were taken in, which is
    /// the order in which the broker stored them, also where the mailbox was made anew in between
    /// (and its sequence began again at 1): each call of [#receive] takes its messages in by
    /// sequence.
    ///
    /// @param after continue behind this one; null for the first page
    List<ReceivedMessage> unfinished(@Nullable ReceivedMessage after, int limit);

    /// The oldest received messages of one subject that have not ended, in their order of running.
    default List<ReceivedMessage> unfinishedOf(Subject subject, int limit) {
        return unfinishedOf(subject, null, limit, Long.MAX_VALUE);
    }

    /// As [#unfinishedOf(Subject, int)].
    ///
    /// @param after continue behind this one; null for the first page
    /// @param bytes ends with the message with which the envelopes come to so many
    List<ReceivedMessage> unfinishedOf(
            Subject subject, @Nullable ReceivedMessage after, int limit, long bytes);

    /// The subjects that have received messages that have not ended, that with the oldest first.
    ///
    /// @param node whose journal this is
    List<Subject> unfinishedSubjects(NodeName node);

    /// Received messages that have not ended and whose deadline has come, by the broker's clock.
    List<ReceivedMessage> unfinishedPast(Instant brokersNow, int limit);

    /// A message that came here.
    ///
    /// @param arrival counts up with every message that is taken in
    /// @param deadline when it is too late to start it, by the broker's clock
    /// @param attempt how often it was started, elsewhere included
    /// @param bootId of the machine when it was started last; null if it never was here
    /// @param outcome set once it ended
    record ReceivedMessage(
            long arrival,
            Message message,
            Instant deadline,
            State state,
            int attempt,
            @Nullable String bootId,
            @Nullable Ack outcome,
            Map<State, Instant> states) {}

    // ---- asking
    // --------------------------------------------------------------------------------------------------

    /// What to look for; every criterion that is not null must hold.
    ///
    /// @param node the other node: receiver of sent messages, sender of received ones
    /// @param label `key` or `key=value`
    /// @param from creation time, inclusive
    /// @param to creation time, exclusive
    record Query(
            @Nullable Direction direction,
            @Nullable State state,
            @Nullable NodeName node,
            @Nullable String method,
            @Nullable String label,
            @Nullable Instant from,
            @Nullable Instant to) {
        public static Query all() {
            return new Query(null, null, null, null, null, null, null);
        }
    }

    /// One line of a history.
    record Entry(
            Direction direction,
            Message message,
            State state,
            @Nullable Ack ack,
            Map<State, Instant> states) {}

    /// The newest first, ACKs left out.
    ///
    /// @param before continue with what is older than this id; null for the first page
    /// @param bytes ends with the message with which envelopes and ACKs come to so many, or before
    ///   it
    /// @return at most `limit` entries, or one more where this node sent to itself and the two
    ///   entries of one id would be torn apart
    Page<Entry> history(Query query, @Nullable MessageId before, int limit, long bytes);

    /// As [#history(Query, MessageId, int, long)].
    default List<Entry> history(Query query, @Nullable MessageId before, int limit) {
        return history(query, before, limit, Long.MAX_VALUE).items();
    }

    /// How many messages are in each state, of those sent and those received.
    Map<Direction, Map<State, Long>> counts();

    /// How many of those sent, or received, have not ended. Does not look at them.
    default long unfinished(Direction direction) {
        return counts().getOrDefault(direction, Map.of()).entrySet().stream()
                .filter(each -> !each.getKey().isEnd())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /// How many messages sent from here wait for their receiver, and since when the oldest does.
    List<Waiting> waiting();

    /// @param expires when the first of them expires
    record Waiting(
            NodeName node,
            Subject subject,
            State state,
            long count,
            Instant oldest,
            Instant expires) {}

    // ---- processed log
    // -------------------------------------------------------------------------------------------

    /// Ended messages in the order in which they ended, from behind `sequence`.
    default List<Processed> processedAfter(long sequence, int limit) {
        return processedAfter(sequence, limit, Long.MAX_VALUE);
    }

    /// As [#processedAfter(long, int)].
    ///
    /// @param bytes ends with the message with which envelopes and ACKs come to so many
    List<Processed> processedAfter(long sequence, int limit, long bytes);

    /// The states of messages sent from here, without reading them; those that were not sent from
    /// here are left out.
    Map<MessageId, State> sentStates(Collection<MessageId> ids);

    /// Which messages sent from here have ended, in the order of ending, from behind `sequence`;
    /// cheap.
    List<SentEnd> sentEndsAfter(long sequence, int limit);

    /// @param sequence that of the processed log
    record SentEnd(long sequence, MessageId id) {}

    /// The sequence of the message that ended last; 0 if none has.
    long lastProcessed();

    /// The newest `count`, oldest of them first.
    ///
    /// @param bytes ends, before the newest, with the message with which they come to so many
    List<Processed> processedLast(int count, long bytes);

    /// As [#processedLast(int, long)].
    default List<Processed> processedLast(int count) {
        return processedLast(count, Long.MAX_VALUE);
    }

    /// @param sequence counts up without gaps in the order of ending
    record Processed(long sequence, Instant at, Entry entry) {}

    /// Called after the commit of each write that ended a message; must return at once.
    void onProcessed(Runnable listener);

    /// The processed log holds every line up to and including `sequence`. Until it said so,
    /// [#prune] keeps the message: after each start it removes nothing before this was called.
    void logged(long sequence);

    /// The runs: sends to many nodes at once.
    Runs runs();

    /// The schedules: messages that are sent again and again.
    Schedules schedules();

    /// The notices: what somebody told many nodes at once.
    Notices notices();

    // ---- nodes that said hello, small values, upkeep
    // ---------------------------------------------------------------

    /// Keeps a small value by its name, instead of the one that was kept.
    CompletableFuture<Void> keep(String name, String value);

    /// What was kept last; empty if nothing was.
    Optional<String> kept(String name);

    CompletableFuture<Void> sawNode(NodeName node, String facts, Instant at);

    /// What was last heard of each node that said hello to this one.
    Map<NodeName, Seen> seenNodes();

    record Seen(Instant at, String facts) {}

    /// Removes messages that ended before `before`, and runs, schedules, notices, inputs, dead
    /// letters, ids and processed rows with them, a few at a time. What the processed log does not
    /// hold yet stays (see [#logged]), and so does a received message until a day after its
    /// `expiresAt`, as a second copy of it could still come. Blocks; not for the thread that
    /// completes the futures.
    ///
    /// @return how many messages were removed
    long prune(Instant before);

    /// Writes what is waiting, and returns after the last commit and after the writer thread ended.
    @Override
    void close();
}
