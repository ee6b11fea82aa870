package io.steward.agent.secrets;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Masks bytes that come in pieces, also a value that is cut in two by them: what may be the
/// beginning of one is held back until it is known. Not thread-safe.
public final class MaskedStream {
    /// A beginning of a value that is at least so long is hidden where the stream ends with it.
    private static final int TELLING = 4;

    private final Mask mask;
    private byte[] held = {};

    public MaskedStream(Mask mask) {
        this.mask = mask;
    }

    /// What can be said once this piece has come.
    public byte[] next(byte[] piece) {
        if (mask.isNone()) {
            return piece;
        }
        byte[] bytes = Arrays.copyOf(held, held.length + piece.length);
        System.arraycopy(piece, 0, bytes, held.length, piece.length);
        return masked(bytes, false);
    }

    /// What was held back, once nothing more comes.
    public byte[] end() {
        return masked(held, true);
    }

    private byte[] masked(byte[] bytes, boolean atEnd) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            boolean mayGoOn = mask.mayGoOn(bytes, at, bytes.length);
            if (mayGoOn && !atEnd) {
                break;
            }
            int length = mask.at(bytes, at, bytes.length);
            if (length == 0 && mayGoOn && bytes.length - at >= TELLING) {
                length = bytes.length - at;
            }
            if (length > 0) {
                out.writeBytes(Mask.stars());
                at += length;
            } else {
                out.write(bytes[at]);
                at++;
            }
        }
        held = Arrays.copyOfRange(bytes, at, bytes.length);
        return out.toByteArray();
    }
}
