package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;
import java.util.List;

/// Cancels messages: takes them out of the queue, or ends them while they run. A node that sent
/// them cancels them on its side.
public final class Cancel implements Method {
    private static final int MOST = 1_000;
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "cancel",
                    MessageType.COMMAND,
                    "kernel",
                    "Cancels messages, before or while they run",
                    "MESSAGE-ID...",
                    1,
                    MOST,
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
        List<MessageId> ids;
        try {
            ids = message.data().stream().map(MessageId::new).toList();
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused("data: " + e.getMessage());
        }
        if (ids.contains(message.id())) {
            return new Outcome.Refused("data: a cancel cannot cancel itself");
        }
        if (ids.size() == 1) {
            return Outcome.succeeded(canceller.cancel(ids.getFirst(), message.from()) + "\n");
        }
        StringBuilder said = new StringBuilder();
        for (MessageId id : ids) {
            said.append(id).append("  ").append(canceller.cancel(id, message.from())).append('\n');
        }
        return Outcome.succeeded(said.toString());
    }
}
