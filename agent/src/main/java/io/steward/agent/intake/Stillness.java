package io.steward.agent.intake;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// For how long something has been as it is.
final class Stillness {
    private @Nullable Object last;
    private Instant since = Instant.EPOCH;

    /// @param state compared by `equals`; null starts over
    /// @return how long it has been the same, by the times given; zero for a new one
    Duration of(@Nullable Object state, Instant now) {
        // why: a clock that is set back must not make something still for ages, nor never
        if (state == null || !state.equals(last) || now.isBefore(since)) {
            last = state;
            since = now;
        }
        return Duration.between(since, now);
    }
}
