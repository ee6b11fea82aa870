package io.steward.agent.method;

import io.steward.messages.Message;
import java.util.ArrayList;
import java.util.List;

/// Something a node can be asked to do, or be told of. An implementation is thread-safe: several
/// subjects may use it at once.
public interface Method {

    MethodSpec spec();

    /// Does it. Called on the virtual thread of the message's subject; may block. It is interrupted
    /// when its time is up or the message is cancelled, and has to come back soon then; what it
    /// returns is kept as the outcome.
    ///
    /// @throws Exception a broken promise: the message ends as failed with the exception's message,
    ///   and the process reports it
    Outcome run(Message message, MethodContext context) throws Exception;

    /// Does it for several messages of one subject, in order, where that is cheaper than one after
    /// another.
    ///
    /// @return an outcome for each, in order
    default List<Outcome> runAll(List<Message> messages, MethodContext context) throws Exception {
        List<Outcome> outcomes = new ArrayList<>(messages.size());
        for (Message message : messages) {
            outcomes.add(run(message, context));
        }
        return outcomes;
    }
}
