package io.steward.messages;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as people write them: `10s`, `1500ms`, `1h30m`, `7d`, or a number of seconds.
public final class Durations {
    private static final Pattern WORDS =
            Pattern.compile(
                    "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,12})ms)?");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,3})?");

    private static final long MAX_SECONDS = Duration.ofDays(999_999_999).toSeconds();

    private Durations() {}

    static boolean isDuration(String text) {
        return SECONDS.matcher(text).matches()
                || (!text.isEmpty() && WORDS.matcher(text).matches());
    }

    /// @throws IllegalArgumentException if `text` is no duration
    public static Duration parse(String text) {
        if (SECONDS.matcher(text).matches()) {
            return Duration.ofMillis(
                    new java.math.BigDecimal(text).movePointRight(3).longValueExact());
        }
        Matcher words = WORDS.matcher(text);
        if (text.isEmpty() || !words.matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a duration: expected for example 10s, 500ms, 1h30m, 7d or a number of seconds"
                            .formatted(Token.shorten(text)));
        }
        return Duration.ofDays(number(words.group(1)))
                .plusHours(number(words.group(2)))
                .plusMinutes(number(words.group(3)))
                .plusSeconds(number(words.group(4)))
                .plusMillis(number(words.group(5)));
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /// The shortest form that [#parse] reads back to the same milliseconds: `1h30m`, `10s`, `0s`.
    /// What is below zero or too large to be written that way comes in ISO 8601, for error
    /// messages.
    public static String format(Duration duration) {
        if (duration.isNegative() || duration.toSeconds() > MAX_SECONDS) {
            return duration.toString();
        }
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        append(text, millis / 86_400_000, "d");
        append(text, millis / 3_600_000 % 24, "h");
        append(text, millis / 60_000 % 60, "m");
        append(text, millis / 1_000 % 60, "s");
        append(text, millis % 1_000, "ms");
        return text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number > 0) {
            text.append(number).append(unit);
        }
    }
}
