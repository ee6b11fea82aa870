package io.steward.messages;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/// Instants as RFC 3339 writes them.
final class Instants {
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d\\d:\\d\\d)");

    private Instants() {}

    /// In UTC with three decimals: `2026-11-20T18:00:00.000Z`.
    static String format(Instant instant) {
        return MILLIS.format(instant);
    }

    /// Reads any offset and up to nine decimals.
    ///
    /// @throws IllegalArgumentException if `text` is no instant
    static Instant parse(String text) {
        if (RFC_3339.matcher(text).matches()) {
            try {
                Instant instant = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
                if (isWritable(instant)) {
                    return instant;
                }
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "\"%s\" is not an instant: there is no such day or time".formatted(text),
                        e);
            }
        }
        throw new IllegalArgumentException(
                "\"%s\" is not an instant: expected for example 2026-11-20T18:00:00Z"
                        .formatted(Token.shorten(text)));
    }

    /// @throws IllegalArgumentException if the year does not have four digits
    static void requireWritable(String field, Instant instant) {
        if (!isWritable(instant)) {
            throw new IllegalArgumentException(
                    "%s: %s is out of range, expected the years 0000 to 9999"
                            .formatted(field, instant));
        }
    }

    private static boolean isWritable(Instant instant) {
        return !instant.isBefore(FIRST) && !instant.isAfter(LAST);
    }
}
