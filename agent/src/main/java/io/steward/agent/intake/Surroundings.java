package io.steward.agent.intake;

import io.steward.agent.outbox.Outbox;
import io.steward.messages.InputDecoder;
import io.steward.messages.MessageIds;
import java.time.Instant;
import java.time.InstantSource;

/// What the takers work with. In tests some of it is not the real thing.
///
/// @param ids for the unique names of claims
/// @param steps told of each step
record Surroundings(
        Outbox outbox,
        InstantSource clock,
        MessageIds ids,
        FileSystemCalls files,
        WriterProbe probe,
        Input.Decoder decoder,
        Step.Listener steps) {

    static Surroundings real(Outbox outbox, InstantSource clock) {
        FileSystemCalls files = new FileSystemCalls();
        return new Surroundings(
                outbox, clock, new MessageIds(clock), files, files, InputDecoder::decode, s -> {});
    }

    Instant now() {
        return clock.instant();
    }

    void reached(Step step) {
        steps.reached(step);
    }
}
