package io.steward.bench;

import java.time.Duration;

/// What was measured with one setting of the broker.
///
/// @param jetStream there and back, bare
/// @param jetStreamPerSecond there and back, bare, many at a time
/// @param command a command `true`, from the request to its outcome
/// @param event an event `textlogging`, from the request to its outcome
/// @param eventsPerSecond all of one input, until each has ended
/// @param commandsPerSecond all of one input, until each has ended
/// @param toApi from launching an agent to its API
/// @param toSubscribed from launching an agent to its first fetch
/// @param idle memory of `ship1` when it has done nothing for a while, in MiB
/// @param worked memory of `ship1` after all that, in MiB
/// @param workedSender memory of `central` after all that, in MiB
/// @param broker memory of nats-server after all that, in MiB
record Column(
        Latency jetStream,
        double jetStreamPerSecond,
        Latency command,
        Latency event,
        double eventsPerSecond,
        double commandsPerSecond,
        Duration toApi,
        Duration toSubscribed,
        long idle,
        long worked,
        long workedSender,
        long broker) {}
