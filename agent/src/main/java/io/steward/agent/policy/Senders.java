package io.steward.agent.policy;

import io.steward.messages.NodeName;

/// Tells what a node is in the fleet. Thread-safe.
public interface Senders {
    /// May ask the broker, and wait for it a moment. Never fails: a node that nothing can be found
    /// out about is [Sender#unknown].
    Sender find(NodeName name) throws InterruptedException;
}
