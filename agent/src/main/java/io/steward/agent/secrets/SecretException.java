package io.steward.agent.secrets;

/// A reference to a secret that cannot be resolved. The message names the reference, and never a
/// value.
public final class SecretException extends Exception {
    private static final long serialVersionUID = 1L;

    SecretException(String message) {
        super(message);
    }
}
