package io.steward.messages;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What a command printed: bytes, mostly text. Immutable.
public final class Output {
    public static final Output EMPTY = new Output(new byte[0]);

    private final byte[] bytes;

    private Output(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Output of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Output(bytes.clone());
    }

    public static Output of(String text) {
        return text.isEmpty() ? EMPTY : new Output(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /// A copy of the bytes.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// The first `max` bytes, cut before a character of UTF-8 that would be torn.
    public Output first(int max) {
        if (bytes.length <= max) {
            return this;
        }
        int end = Math.max(0, max);
        for (int back = 0; back < 3 && end > 0 && (bytes[end] & 0xC0) == 0x80; back++) {
            end--;
        }
        return of(Arrays.copyOf(bytes, end));
    }

    /// Whether the bytes are UTF-8. If not, the wire carries them in base64.
    public boolean isText() {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /// As text; what is not UTF-8 becomes U+FFFD.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Output output && Arrays.equals(bytes, output.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Output[" + bytes.length + " bytes]";
    }
}
