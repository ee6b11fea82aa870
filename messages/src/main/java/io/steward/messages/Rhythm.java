package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// When something is repeated.
public sealed interface Rhythm {
    /// At certain times of the day of a zone.
    record At(Cron cron, ZoneId zone) implements Rhythm {}

    /// Again and again after the same time has passed, wherever the clocks are changed.
    record Every(Duration interval) implements Rhythm {
        /// @throws IllegalArgumentException if it is not from 1s to 365d
        public Every {
            String problem = Limits.intervalProblem(interval);
            if (problem != null) {
                throw new IllegalArgumentException("every: " + problem);
            }
        }
    }

    /// The first time after `time`; null if there is none.
    ///
    /// @param begun what an interval is counted from, in both directions
    default @Nullable Instant after(Instant time, Instant begun) {
        return switch (this) {
            case At at -> at.cron().after(time, at.zone());
            case Every every -> {
                long interval = every.interval().toMillis();
                long passed = Math.floorDiv(time.toEpochMilli() - begun.toEpochMilli(), interval);
                yield begun.plusMillis((passed + 1) * interval);
            }
        };
    }
}
