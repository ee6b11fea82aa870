package io.steward.agent.schedule;

import java.time.Instant;

/// One time at which a schedule sends its message.
///
/// @param time as the cron line or the interval says it
/// @param due when it is sent: later by its part of the splay
/// @param deadline after this it is not to be started any more
public record Firing(Instant time, Instant due, Instant deadline) {}
