package io.steward.agent.method;

import io.steward.messages.MessageType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What is known of a method without running it. It drives checking, help and documentation.
///
/// @param name as in subjects
/// @param defaultDomain used where a message names none
/// @param summary one line for people
/// @param arguments the shape of `data`, as in a usage line: `PROGRAM [ARGUMENT]...`
/// @param minArguments how many strings `data` has at least
/// @param maxArguments how many at most
/// @param idempotent whether running it twice does no harm: then no durable mark is set before it
///   runs, and it is run again after a crash whatever the message's `onInterrupt` says
/// @param batch how many messages may be handed to [Method#runAll] at once; 1 for one at a time
/// @param timeout how long it may run where the message does not say; null for the agent's setting
public record MethodSpec(
        String name,
        MessageType type,
        String defaultDomain,
        String summary,
        String arguments,
        int minArguments,
        int maxArguments,
        boolean idempotent,
        int batch,
        @Nullable Duration timeout) {}
