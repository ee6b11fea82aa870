package io.steward.agent.policy;

/// A policy is not as it has to be. The message alone is fit for a person: it names the file with
/// line and column, the value, and what was expected.
public final class PolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message its control characters become U+FFFD: it may quote the file
    PolicyException(String message) {
        super(
                message.codePoints()
                        .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString());
    }
}
