package io.steward.agent.simulation;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.Subject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Writes down, outside of every agent, what was run. Thread-safe.
final class Witness {
    /// @param life a number for each life of the node
    record Run(MessageId id, Subject subject, boolean ordered, int life) {}

    private final List<Run> runs = new ArrayList<>();

    synchronized void ran(Message message, int life) {
        runs.add(new Run(message.id(), message.subject(), message.ordered(), life));
    }

    synchronized List<Run> runs() {
        return List.copyOf(runs);
    }

    synchronized long count(MessageId id) {
        return runs.stream().filter(run -> run.id().equals(id)).count();
    }

    /// The ordered messages of a subject in the order of their first run.
    synchronized Set<MessageId> inOrder(Subject subject) {
        Set<MessageId> first = new LinkedHashSet<>();
        for (Run run : runs) {
            if (run.ordered() && run.subject().equals(subject)) {
                first.add(run.id());
            }
        }
        return first;
    }
}
