package io.steward.agent.inbox;

import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.Members;
import io.steward.messages.NodeName;
import java.io.IOException;

/// Whether what comes is from who it says that it is from.
@FunctionalInterface
public interface Signatures {
    /// @throws IdentityException if it is not; the message says what is wrong
    /// @throws IOException if that cannot be known now
    void check(NodeName from, Delivery delivery)
            throws IdentityException, IOException, InterruptedException;

    /// On a broker that is open, nothing is signed, and everything is believed.
    static Signatures none() {
        return (_, _) -> {};
    }

    /// Of the members of a fleet only.
    static Signatures of(Members members) {
        return (from, delivery) -> {
            var _ = members.check(from, delivery.headers(), delivery.subject(), delivery.payload());
        };
    }
}
