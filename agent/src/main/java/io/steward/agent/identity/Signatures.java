package io.steward.agent.identity;

import io.steward.messages.NodeName;
import java.io.IOException;
import java.util.Map;

/// Whether what comes is from who it says that it is from.
@FunctionalInterface
public interface Signatures {
    /// @param headers with which it came
    /// @param subject on which it was published
    /// @throws IdentityException if it is not; the message says what is wrong
    /// @throws IOException if that cannot be known now
    void check(NodeName from, Map<String, String> headers, String subject, byte[] payload)
            throws IdentityException, IOException, InterruptedException;

    /// On a broker that is open, nothing is signed, and everything is believed.
    static Signatures none() {
        return (_, _, _, _) -> {};
    }

    /// Of the members of a fleet only.
    static Signatures of(Members members) {
        return (from, headers, subject, payload) -> {
            var _ = members.check(from, headers, subject, payload);
        };
    }
}
