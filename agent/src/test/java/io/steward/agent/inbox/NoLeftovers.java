package io.steward.agent.inbox;

import io.steward.agent.method.Outcome;
import io.steward.messages.MessageId;

/// Methods that leave nothing behind.
public class NoLeftovers implements Leftovers {
    @Override
    public int end(MessageId id) {
        return 0;
    }

    @Override
    public Outcome.Printed printed(MessageId id) {
        return Outcome.Printed.NOTHING;
    }
}
