package io.steward.agent.method;

import io.steward.agent.policy.RunAs;
import io.steward.messages.NodeName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// What a method gets besides the message.
///
/// @param node this node
/// @param dataFolder the agent's; a method writes below it only
/// @param timeout how long it may run
/// @param attempt how often the message was started, this time included
/// @param runAs as whom a command is run
/// @param cancellation ends when the message is cancelled or the agent goes down
public record MethodContext(
        NodeName node,
        Path dataFolder,
        Duration timeout,
        int attempt,
        RunAs runAs,
        Cancellation cancellation,
        InstantSource clock) {}
