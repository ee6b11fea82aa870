package io.steward.messages;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How large things may be. Checked before anything is kept or sent.
public final class Limits {
    /// Bytes of one input (inmsg.txt, a file of the drop folder, an HTTP body).
    public static final int MAX_INPUT_BYTES = 64 * 1024 * 1024;

    /// Bytes of one encoded message; leaves room for headers under the broker's default
    /// `max_payload` of 1 MiB.
    public static final int MAX_MESSAGE_BYTES = 1_000_000;

    /// Messages of one input, after `toNodes` made one message each.
    public static final int MAX_MESSAGES = 100_000;

    public static final int MAX_DATA_ITEMS = 10_000;
    public static final int MAX_LABELS = 64;
    public static final int MAX_LABEL_KEY = 64;
    public static final int MAX_LABEL_VALUE = 1_024;
    public static final int MAX_RETRIES = 1_000_000;
    public static final int MAX_ATTEMPTS = 1_000;

    /// How deep objects and arrays may be nested.
    public static final int MAX_DEPTH = 16;

    /// The longest `ackTimeout` and `methodTimeout`.
    public static final Duration MAX_TIMEOUT = Duration.ofDays(365);

    /// The longest time from creation to expiry.
    public static final Duration MAX_EXPIRY = Duration.ofDays(365);

    private Limits() {}

    static void check(
            List<String> data,
            Map<String, String> labels,
            Duration ackTimeout,
            int retries,
            @Nullable Duration methodTimeout,
            int maxAttempts) {
        if (data.size() > MAX_DATA_ITEMS) {
            throw new IllegalArgumentException(
                    "data: %d items, at most %d are allowed"
                            .formatted(data.size(), MAX_DATA_ITEMS));
        }
        if (labels.size() > MAX_LABELS) {
            throw new IllegalArgumentException(
                    "labels: %d entries, at most %d are allowed"
                            .formatted(labels.size(), MAX_LABELS));
        }
        labels.forEach((key, value) -> {
            if (key.isEmpty() || key.length() > MAX_LABEL_KEY) {
                throw new IllegalArgumentException(
                        "labels: key \"%s\" has %d characters, expected 1 to %d"
                                .formatted(Token.shorten(key), key.length(), MAX_LABEL_KEY));
            }
            if (value.length() > MAX_LABEL_VALUE) {
                throw new IllegalArgumentException(
                        "labels: the value of \"%s\" has %d characters, at most %d are allowed"
                                .formatted(Token.shorten(key), value.length(), MAX_LABEL_VALUE));
            }
        });
        positive("ackTimeout", ackTimeout);
        if (methodTimeout != null) {
            positive("methodTimeout", methodTimeout);
        }
        range("retries", retries, 0, MAX_RETRIES);
        range("maxAttempts", maxAttempts, 1, MAX_ATTEMPTS);
    }

    private static void positive(String field, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "%s: %s is out of range, expected 1ms to 365d"
                            .formatted(field, Durations.format(value)));
        }
    }

    private static void range(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s: %d is out of range, expected %d to %d"
                            .formatted(field, value, least, most));
        }
    }
}
