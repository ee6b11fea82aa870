package io.steward.agent.method.exec;

import io.steward.agent.secrets.Mask;
import io.steward.agent.secrets.MaskedStream;
import io.steward.messages.Output;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a program printed on one stream, the first bytes of it. Not thread-safe.
final class Capture {
    private static final int FIRST_SIZE = 1024;

    private final int cap;
    private byte[] bytes = new byte[0];
    private int size;
    private boolean cut;
    private final @Nullable MaskedStream masked; // null where nothing is to be hidden

    /// @param mask hides what it knows before anything is kept
    Capture(int cap, Mask mask) {
        this.cap = cap;
        this.masked = mask.isNone() ? null : new MaskedStream(mask);
    }

    /// Takes `length` bytes from the start of `from`, as far as there is room.
    ///
    /// @return whether there was any
    boolean add(MemorySegment from, int length) {
        if (masked != null) {
            return !cut && add(masked.next(from.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
        }
        int taken = room(length);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, bytes, size - taken, taken);
        return taken > 0;
    }

    private boolean add(byte[] more) {
        int taken = room(more.length);
        System.arraycopy(more, 0, bytes, size - taken, taken);
        return taken > 0;
    }

    /// Nothing more comes: what was held back, as it might have become a secret, is kept too.
    void end() {
        if (masked != null) {
            add(masked.end());
        }
    }

    /// Makes room at the end of [#bytes]; one byte more than the cap is kept, so that [#output]
    /// sees whether a character is torn.
    private int room(int length) {
        int taken = (int) Math.min(length, cap + 1L - size);
        if (size + taken > bytes.length) {
            long doubled = Math.max(FIRST_SIZE, bytes.length * 2L);
            bytes = Arrays.copyOf(bytes, (int) Math.min(cap + 1L, Math.max(doubled, size + taken)));
        }
        size += taken;
        cut |= size > cap;
        return taken;
    }

    int size() {
        return Math.min(size, cap);
    }

    /// Whether more came than is kept.
    boolean isCut() {
        return cut;
    }

    Output output() {
        return Output.of(Arrays.copyOf(bytes, size)).first(cap);
    }

    byte[] from(int offset) {
        return Arrays.copyOfRange(bytes, offset, size());
    }
}
