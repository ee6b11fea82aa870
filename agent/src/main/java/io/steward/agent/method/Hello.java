package io.steward.agent.method;

import io.steward.agent.journal.Journal;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// A node says that it is there: it is remembered, and what waits for it is looked after at once.
public final class Hello implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "hello",
                    MessageType.EVENT,
                    "presence",
                    "Says that the sender is there, and what is known of it",
                    "[FACTS]",
                    0,
                    1,
                    true,
                    1,
                    null);

    private final Journal journal;
    private final Consumer<NodeName> lookNow;

    /// @param lookNow told of the node when it is in the journal; must not block
    public Hello(Journal journal, Consumer<NodeName> lookNow) {
        this.journal = journal;
        this.lookNow = lookNow;
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context)
            throws ExecutionException, InterruptedException {
        String facts = message.data().isEmpty() ? "{}" : message.data().getFirst();
        if (Json.object(facts) == null) {
            return new Outcome.Refused("data: the facts are not a JSON object");
        }
        journal.sawNode(message.from(), facts, context.clock().instant()).get();
        lookNow.accept(message.from());
        return Outcome.succeeded();
    }
}
