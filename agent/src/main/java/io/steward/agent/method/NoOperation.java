package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageType;

/// Does nothing, and says so: for trying the way of a message, and for measuring.
public final class NoOperation implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "noop",
                    MessageType.COMMAND,
                    "test",
                    "Does nothing and succeeds",
                    "[TEXT]...",
                    0,
                    1_000,
                    true,
                    1,
                    null);

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) {
        return Outcome.succeeded();
    }
}
