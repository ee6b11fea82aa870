package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;

/// Cancels a message: takes it out of the queue, or ends it while it runs.
public final class Cancel implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "cancel",
                    MessageType.COMMAND,
                    "kernel",
                    "Cancels a message, before or while it runs",
                    "MESSAGE-ID",
                    1,
                    1,
                    true,
                    1,
                    null);

    private final Canceller canceller;

    public Cancel(Canceller canceller) {
        this.canceller = canceller;
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) throws InterruptedException {
        MessageId id;
        try {
            id = new MessageId(message.data().getFirst());
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused("data: " + e.getMessage());
        }
        if (id.equals(message.id())) {
            return new Outcome.Refused("data: a cancel cannot cancel itself");
        }
        return Outcome.succeeded(canceller.cancel(id, message.from()) + "\n");
    }
}
