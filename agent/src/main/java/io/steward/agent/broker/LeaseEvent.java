package io.steward.agent.broker;

import io.steward.agent.broker.NodeRow.Agent;
import org.jspecify.annotations.Nullable;

/// What a step of a [NameLease] has brought about.
public sealed interface LeaseEvent {
    /// This agent has the name now.
    ///
    /// @param from the agent that is taken to be dead; null if nobody had it
    record Taken(@Nullable Agent from) implements LeaseEvent {}

    /// Another agent had the name since this one was up last, and has stopped. The next step takes
    /// the name: what was left here then may have been run there.
    record Left(Agent by) implements LeaseEvent {}

    /// Another agent has the name, which this one wants.
    record Refused(Agent by) implements LeaseEvent {}

    /// The other one has shown that it lives.
    record Objected(Agent by) implements LeaseEvent {}

    /// This agent had the name, and another one has it now.
    record Lost(Agent to) implements LeaseEvent {}

    /// Another agent wants the name, which this one has and keeps.
    record Wanted(Agent by) implements LeaseEvent {}

    record Failed(BrokerException problem) implements LeaseEvent {}
}
