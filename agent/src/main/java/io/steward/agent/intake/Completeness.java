package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// Whether a claimed file is complete: nobody has it open for writing and, as no path but the
/// claim's leads to it, nobody will.
final class Completeness {
    private final Surroundings with;
    private final Path file;
    private final Instant claimed;
    private final Stillness still = new Stillness();

    Completeness(Surroundings with, Path file) {
        this.with = with;
        this.file = file;
        claimed = with.now();
    }

    boolean isComplete() throws IOException {
        Duration quiet = still.of(Signature.of(file), with.now());
        Duration age = age();
        if (!age.isNegative() && age.compareTo(Times.SETTLE) < 0) {
            return false;
        }
        return switch (with.probe().probe(file)) {
            case NONE -> true;
            case WRITING -> false;
            case UNKNOWN -> quiet.compareTo(Times.QUIET) >= 0;
        };
    }

    /// Whether it has been waited for so long that people are told.
    boolean isHeldOpen() {
        return age().compareTo(Times.HELD_OPEN) > 0;
    }

    private Duration age() {
        return Duration.between(claimed, with.now());
    }
}
