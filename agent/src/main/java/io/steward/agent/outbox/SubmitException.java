package io.steward.agent.outbox;

import org.jspecify.annotations.Nullable;

/// Messages could not be accepted, none of them. The message is fit for a person.
public final class SubmitException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean inputIsWrong;

    /// @param inputIsWrong true if the same input will never be accepted; false if it may be later
    ///   (disk full, closing)
    public SubmitException(String message, boolean inputIsWrong, @Nullable Throwable cause) {
        super(message, cause);
        this.inputIsWrong = inputIsWrong;
    }

    public boolean isInputWrong() {
        return inputIsWrong;
    }
}
