package io.steward.agent.broker;

import io.steward.agent.kernel.Sentence;

/// A message has no PubAck. Except for [Kind#TOO_LARGE] and [Kind#DENIED] it is to be published
/// again later with the same id.
public final class PublishException extends Exception implements Sentence {
    private static final long serialVersionUID = 1L;

    /// Why there is none.
    public enum Kind {
        /// The node has no mailbox: it never joined, or its name is mistyped.
        NO_MAILBOX,
        /// The mailbox is at its limits.
        MAILBOX_FULL,
        /// The broker cannot store: its disk is full or broken.
        STORAGE,
        DISCONNECTED,
        /// No answer in time; the broker may have stored it.
        TIMEOUT,
        TOO_LARGE,
        DENIED,
        OTHER
    }

    private final Kind kind;

    public PublishException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public PublishException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// Whether the broker has certainly not stored it.
    public boolean isCertain() {
        return switch (kind) {
            case NO_MAILBOX, MAILBOX_FULL, STORAGE, TOO_LARGE, DENIED -> true;
            case DISCONNECTED, TIMEOUT, OTHER -> false;
        };
    }

    /// What is wrong, for a person.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
