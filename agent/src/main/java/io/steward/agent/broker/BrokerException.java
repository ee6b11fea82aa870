package io.steward.agent.broker;

import io.steward.agent.kernel.Sentence;

/// The broker could not do what was asked. The message says what, the broker's reason, and what can
/// be done.
public final class BrokerException extends Exception implements Sentence {
    private static final long serialVersionUID = 1L;

    /// What a caller can do about it.
    public enum Kind {
        /// No connection, or no answer in time: try again.
        UNREACHABLE,
        /// There is no such stream or consumer (any more): make it.
        MISSING,
        /// It exists and differs from what is needed: an operator has to decide.
        DIFFERS,
        /// The broker does not permit it.
        DENIED,
        OTHER
    }

    private final Kind kind;

    public BrokerException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public BrokerException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
