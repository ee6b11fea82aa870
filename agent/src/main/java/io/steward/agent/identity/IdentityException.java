package io.steward.agent.identity;

/// Something that says who somebody is does not hold; the message says what and why.
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1L;

    public IdentityException(String message) {
        super(message);
    }
}
