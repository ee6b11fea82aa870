package io.steward.agent.secrets;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Hides some values: wherever one stands, `***` is put. Immutable.
public final class Mask {
    /// Hides nothing.
    public static final Mask NONE = new Mask(List.of());

    private static final byte[] STARS = "***".getBytes(StandardCharsets.US_ASCII);

    private final List<byte[]> values; // the longest first

    private Mask(List<byte[]> values) {
        this.values = values;
    }

    static Mask of(Collection<String> secrets) {
        return new Mask(
                secrets.stream()
                        .distinct()
                        .map(each -> each.getBytes(StandardCharsets.UTF_8))
                        .sorted(Comparator.comparingInt((byte[] each) -> each.length).reversed())
                        .toList());
    }

    /// Whether it hides nothing.
    public boolean isNone() {
        return values.isEmpty();
    }

    /// A text without the values.
    public String text(String text) {
        if (isNone()) {
            return text;
        }
        MaskedStream stream = new MaskedStream(this);
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        all.writeBytes(stream.next(text.getBytes(StandardCharsets.UTF_8)));
        all.writeBytes(stream.end());
        return all.toString(StandardCharsets.UTF_8);
    }

    static byte[] stars() {
        return STARS.clone();
    }

    /// The length of the longest value that stands at `from`; 0 if none does.
    int at(byte[] bytes, int from, int end) {
        for (byte[] value : values) {
            if (end - from >= value.length && common(value, bytes, from, end) == value.length) {
                return value.length;
            }
        }
        return 0;
    }

    /// Whether what stands from `from` to the end may become a value, or a longer one, with more.
    boolean mayGoOn(byte[] bytes, int from, int end) {
        for (byte[] value : values) {
            if (value.length > end - from && common(value, bytes, from, end) == end - from) {
                return true;
            }
        }
        return false;
    }

    private static int common(byte[] value, byte[] bytes, int from, int end) {
        int most = Math.min(value.length, end - from);
        int same = 0;
        while (same < most && value[same] == bytes[from + same]) {
            same++;
        }
        return same;
    }
}
