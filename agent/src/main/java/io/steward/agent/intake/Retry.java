package io.steward.agent.intake;

import java.time.Duration;
import java.time.Instant;

/// When to offer something again that the outbox could not take just now.
final class Retry {
    private Duration pause = Duration.ZERO;
    private Instant since = Instant.EPOCH;

    boolean isDue(Instant now) {
        // why: a clock that was set back must not make it wait for ages
        return now.isBefore(since) || !now.isBefore(since.plus(pause));
    }

    void failed(Instant now) {
        pause = pause.isZero() ? Times.FIRST_BACKOFF : pause.multipliedBy(2);
        if (pause.compareTo(Times.MOST_BACKOFF) > 0) {
            pause = Times.MOST_BACKOFF;
        }
        since = now;
    }

    void succeeded() {
        pause = Duration.ZERO;
    }
}
