package io.steward.agent.outbox;

import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where messages are given to be sent. Thread-safe.
public interface Outbox {

    /// Checks and accepts, all or none. When it returns, the messages are in the journal and will
    /// be sent, whatever dies. A request with a schedule is not sent itself: the schedule is kept,
    /// and sends it when its time comes.
    ///
    /// @param inputKey what they came from; the same key is taken once. Null for an input that
    ///   cannot be offered twice
    /// @throws SubmitException if one of them cannot be accepted; the message is fit for a person
    Submitted submit(@Nullable String inputKey, List<MessageRequest> requests)
            throws SubmitException, InterruptedException;

    /// @param fresh false if the key had been taken before; the ids are those of then
    /// @param schedules what is known of the schedules of the input, in the order of its requests
    record Submitted(List<MessageId> ids, boolean fresh, List<Kept> schedules) {
        /// Of an input without schedules.
        public Submitted(List<MessageId> ids, boolean fresh) {
            this(ids, fresh, List.of());
        }
    }

    /// Sends messages that were sent once (here or elsewhere) again, under new ids and from this
    /// node, all or none.
    List<MessageId> resend(List<Message> messages) throws SubmitException, InterruptedException;

    /// Cancels a message that was sent from here: at once if it has not been handed to its node,
    /// else by a command to the node.
    ///
    /// @return empty if no such message was sent from here
    Optional<Cancelling> cancel(MessageId id) throws SubmitException, InterruptedException;

    /// What became of a wish to cancel.
    sealed interface Cancelling {
        /// It is cancelled, and was never run.
        record Done() implements Cancelling {}

        /// Its node has been sent the command `request` to cancel it.
        record Asked(MessageId request) implements Cancelling {}

        /// It had ended before.
        record TooLate(SentMessage ended) implements Cancelling {}
    }

    /// Removes what waits for a node, as [#cancel] does, but many at once: what was sent from here,
    /// and, where it is wanted, what others sent, by asking them.
    Purged purge(Purge what) throws SubmitException, InterruptedException;

    /// Which messages that wait for `node` are to be removed; every criterion that is not null must
    /// hold.
    ///
    /// @param ids these messages, in whatever state; empty for all that wait
    /// @param method of this one; null for all but `cancel`
    /// @param before made before that time
    /// @param own whether those that were sent from here
    /// @param from also those of this sender that lie in the mailbox
    /// @param fromAll also those of all other senders
    /// @param dryRun only count them
    record Purge(
            NodeName node,
            Set<MessageId> ids,
            @Nullable String method,
            @Nullable Instant before,
            boolean own,
            @Nullable NodeName from,
            boolean fromAll,
            boolean dryRun) {
        public Purge {
            ids = Set.copyOf(ids);
        }
    }

    /// What became of it.
    ///
    /// @param matched how many messages sent from here were meant
    /// @param cancelled how many of them are cancelled, and were never run
    /// @param asked how many their node has been asked to cancel
    /// @param tooLate how many had ended
    /// @param unknown ids that were neither sent from here nor found in the mailbox
    /// @param others how many their senders have been asked to cancel, by sender
    /// @param requests the commands that ask
    /// @param more whether there may be more than one call handles
    record Purged(
            int matched,
            int cancelled,
            int asked,
            int tooLate,
            Set<MessageId> unknown,
            Map<NodeName, Integer> others,
            List<MessageId> requests,
            boolean more) {}

    /// Why the queued messages of a subject are not going out now: there is no broker, or its node
    /// has no mailbox. Does not block.
    ///
    /// @return empty if they are going out, or none is queued
    Optional<String> problem(Subject subject);

    /// What does not go out now, and why. Does not block.
    List<Problem> problems();

    /// @param storage whether the broker answers and stores nothing, as with a full disk
    record Problem(Subject subject, String why, boolean storage) {}
}
