package io.steward.agent.outbox;

import io.steward.agent.journal.JournalException;
import io.steward.agent.kernel.Sentence;
import org.jspecify.annotations.Nullable;

/// Messages could not be accepted, none of them. The message is fit for a person.
public final class SubmitException extends Exception implements Sentence {
    private static final long serialVersionUID = 1L;

    private final boolean inputIsWrong;
    private final boolean queueIsFull;

    /// @param inputIsWrong true if the same input will never be accepted; false if it may be later
    ///   (disk full, closing)
    public SubmitException(String message, boolean inputIsWrong, @Nullable Throwable cause) {
        super(message, cause);
        this.inputIsWrong = inputIsWrong;
        this.queueIsFull =
                cause instanceof JournalException journal
                        && journal.kind() == JournalException.Kind.QUEUE_FULL;
    }

    public boolean isInputWrong() {
        return inputIsWrong;
    }

    /// Whether there was no room for it among what waits to be sent.
    public boolean isQueueFull() {
        return queueIsFull;
    }
}
