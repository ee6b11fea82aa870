package io.steward.agent.kernel;

/// Something that people are to know of, and that is no fault of the program; without a stack
/// trace.
public final class Incident extends Exception implements Sentence {
    private static final long serialVersionUID = 1L;

    /// @param message all that a person needs to know
    public Incident(String message) {
        super(message, null, false, false);
    }
}
