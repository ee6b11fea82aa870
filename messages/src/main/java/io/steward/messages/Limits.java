package io.steward.messages;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How large things may be. Checked before anything is kept or sent.
public final class Limits {
    private static final long HEAP = Runtime.getRuntime().maxMemory();

    /// Bytes of one input (inmsg.txt, a file of the drop folder, an HTTP body): 64 MiB, or less in
    /// a small heap, as an input of many small messages takes a multiple of its bytes in memory.
    public static final int MAX_INPUT_BYTES =
            (int) Math.max(1 << 20, Math.min(64L << 20, HEAP / 24));

    /// Bytes of one encoded message; leaves room for headers under the broker's default
    /// `max_payload` of 1 MiB.
    public static final int MAX_MESSAGE_BYTES = 1_000_000;

    /// Bytes of one payload that a receiver decodes: an ACK brings what a command printed, and a
    /// broker may take more than its default.
    public static final int MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

    /// Messages of one input, after `toNodes` made one message each: 100,000, or less in a small
    /// heap.
    public static final int MAX_MESSAGES = (int) Math.max(1_000, Math.min(100_000, HEAP / 2_600));

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

    /// The longest time from one firing of a schedule to the next, where it is fixed.
    public static final Duration MAX_INTERVAL = Duration.ofDays(365);

    /// The longest `splay` of a schedule.
    public static final Duration MAX_SPLAY = Duration.ofDays(1);

    /// The longest time to the end of a schedule, where it is given as one.
    public static final Duration MAX_END = Duration.ofDays(36_500);

    private Limits() {}

    /// @throws IllegalArgumentException naming the field, its value and its range
    static void check(
            List<String> data,
            Map<String, String> labels,
            Duration ackTimeout,
            int retries,
            @Nullable Duration methodTimeout,
            int maxAttempts) {
        checkData("data", data);
        require("labels", labels.size() > MAX_LABELS ? tooMany(labels.size(), MAX_LABELS) : null);
        labels.forEach((key, value) -> {
            require("labels", labelKeyProblem(key));
            require("labels." + key, labelValueProblem(value));
            Token.requireUnicode("labels", key);
            Token.requireUnicode("labels." + key, value);
        });
        require("ackTimeout", timeoutProblem(ackTimeout));
        require("methodTimeout", methodTimeout == null ? null : timeoutProblem(methodTimeout));
        require("retries", rangeProblem(retries, 0, MAX_RETRIES));
        require("maxAttempts", rangeProblem(maxAttempts, 1, MAX_ATTEMPTS));
    }

    /// @throws IllegalArgumentException if there are too many items, or one that has no UTF-8
    static void checkData(String field, List<String> data) {
        require(field, data.size() > MAX_DATA_ITEMS ? tooMany(data.size(), MAX_DATA_ITEMS) : null);
        data.forEach(item -> Token.requireUnicode(field, item));
    }

    private static void require(String field, @Nullable String problem) {
        if (problem != null) {
            throw new IllegalArgumentException(field + ": " + problem);
        }
    }

    private static String tooMany(int count, int most) {
        return "%d items, at most %d are allowed".formatted(count, most);
    }

    static @Nullable String labelKeyProblem(String key) {
        return key.isEmpty() || key.length() > MAX_LABEL_KEY
                ? "the key \"%s\" has %d characters, expected 1 to %d"
                        .formatted(Token.shorten(key), key.length(), MAX_LABEL_KEY)
                : null;
    }

    static @Nullable String labelValueProblem(String value) {
        return value.length() > MAX_LABEL_VALUE
                ? "%d characters, at most %d are allowed".formatted(value.length(), MAX_LABEL_VALUE)
                : null;
    }

    static @Nullable String timeoutProblem(Duration value) {
        return durationProblem(value, MAX_TIMEOUT);
    }

    static @Nullable String expiryProblem(Duration value) {
        return durationProblem(value, MAX_EXPIRY);
    }

    static @Nullable String intervalProblem(Duration value) {
        return durationProblem(value, Duration.ofSeconds(1), MAX_INTERVAL);
    }

    static @Nullable String splayProblem(Duration value) {
        return durationProblem(value, Duration.ZERO, MAX_SPLAY);
    }

    static @Nullable String latenessProblem(Duration value) {
        return durationProblem(value, Duration.ofSeconds(1), MAX_EXPIRY);
    }

    static @Nullable String endProblem(Duration value) {
        return durationProblem(value, MAX_END);
    }

    private static @Nullable String durationProblem(Duration value, Duration most) {
        return durationProblem(value, Duration.ofMillis(1), most);
    }

    private static @Nullable String durationProblem(Duration value, Duration least, Duration most) {
        return value.compareTo(least) < 0 || value.compareTo(most) > 0
                ? "%s is out of range, expected %s to %s"
                        .formatted(
                                Durations.format(value),
                                Durations.format(least),
                                Durations.format(most))
                : null;
    }

    static @Nullable String rangeProblem(long value, int least, int most) {
        return value < least || value > most
                ? "%d is out of range, expected %d to %d".formatted(value, least, most)
                : null;
    }
}
