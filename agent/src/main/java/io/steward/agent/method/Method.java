package io.steward.agent.method;

import io.steward.messages.Message;
import java.util.ArrayList;
import java.util.List;

/// Something a node can be asked to do, or be told of. An implementation is thread-safe: several
/// subjects may use it at once.
public interface Method {

    MethodSpec spec();

    /// Does it. Called on a platform thread of its own; may block. It ends by itself when its time
    /// is up or the message is cancelled; else it is interrupted a while later, and left behind if
    /// it does not come back then. What it returns in time is kept as the outcome.
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
