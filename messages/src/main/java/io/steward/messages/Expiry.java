package io.steward.messages;

import java.time.Duration;
import java.time.Instant;

/// When a message is too old to be run: a time from its creation, or an instant.
public sealed interface Expiry {
    record After(Duration duration) implements Expiry {}

    record At(Instant instant) implements Expiry {}

    default Instant from(Instant createdAt) {
        return switch (this) {
            case After after -> createdAt.plus(after.duration());
            case At at -> at.instant();
        };
    }
}
