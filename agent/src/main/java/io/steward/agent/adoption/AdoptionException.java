package io.steward.agent.adoption;

/// Something cannot be done with a machine as it stands; the message says what and why.
public final class AdoptionException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What is the matter.
    public enum Kind {
        /// There is no such machine, or more than one.
        UNKNOWN,
        /// It is not in a state for that, or the name is taken.
        CONFLICT,
        /// The broker could not do its part; to be tried again.
        UNREACHABLE
    }

    private final Kind kind;

    AdoptionException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
