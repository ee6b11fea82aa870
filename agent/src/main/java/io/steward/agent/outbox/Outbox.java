package io.steward.agent.outbox;

import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.Subject;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where messages are given to be sent. Thread-safe.
public interface Outbox {

    /// Checks and accepts, all or none. When it returns, the messages are in the journal and will
    /// be sent, whatever dies.
    ///
    /// @param inputKey what they came from; the same key is taken once. Null for an input that
    ///   cannot be offered twice
    /// @throws SubmitException if one of them cannot be accepted; the message is fit for a person
    Submitted submit(@Nullable String inputKey, List<MessageRequest> requests)
            throws SubmitException, InterruptedException;

    /// @param fresh false if the key had been taken before; the ids are those of then
    record Submitted(List<MessageId> ids, boolean fresh) {}

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

    /// Why the queued messages of a subject are not going out now: there is no broker, or its node
    /// has no mailbox. Does not block.
    ///
    /// @return empty if they are going out, or none is queued
    Optional<String> problem(Subject subject);
}
