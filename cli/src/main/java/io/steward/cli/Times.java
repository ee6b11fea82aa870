package io.steward.cli;

import io.steward.messages.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/// Times for people: local, and durations with no more digits than one can use.
final class Times {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private Times() {}

    /// With the date.
    static String full(Instant at) {
        return DATE.format(at.atZone(ZoneId.systemDefault()));
    }

    /// The time of today, else with the date.
    static String near(Instant at) {
        ZonedDateTime local = at.atZone(ZoneId.systemDefault());
        return local.toLocalDate().equals(LocalDate.now(ZoneId.systemDefault()))
                ? TIME.format(local)
                : DATE.format(local);
    }

    /// An instant as the API writes it; the text itself if it is none.
    static String near(String instant) {
        try {
            return near(Instant.parse(instant));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }

    static String length(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return "%.1f s".formatted(millis / 1_000.0);
        }
        return Durations.format(Duration.ofSeconds(duration.toSeconds()));
    }

    /// How long ago.
    static String since(String instant) {
        try {
            Duration ago = Duration.between(Instant.parse(instant), Instant.now());
            return near(instant) + " (" + length(ago.isNegative() ? Duration.ZERO : ago) + " ago)";
        } catch (DateTimeParseException e) {
            return instant;
        }
    }
}
