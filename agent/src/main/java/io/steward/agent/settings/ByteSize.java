package io.steward.agent.settings;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write them: `4096`, `64KiB`, `1GiB`, `10MB`.
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}) ?([kKMGT]i?B|B)?");
    private static final Map<String, Long> UNITS =
            Map.of(
                    "B", 1L,
                    "kB", 1_000L,
                    "KB", 1_000L,
                    "MB", 1_000_000L,
                    "GB", 1_000_000_000L,
                    "TB", 1_000_000_000_000L,
                    "KiB", 1L << 10,
                    "MiB", 1L << 20,
                    "GiB", 1L << 30,
                    "TiB", 1L << 40);

    private ByteSize() {}

    /// @throws IllegalArgumentException if `text` is no size, or more than a long holds
    public static long parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException();
        }
        String unit = parts.group(2) == null ? "B" : parts.group(2);
        Long factor = UNITS.get(unit);
        if (factor == null) {
            throw new IllegalArgumentException();
        }
        try {
            return Math.multiplyExact(Long.parseLong(parts.group(1)), factor);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException();
        }
    }
}
