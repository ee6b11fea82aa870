package io.steward.agent.identity;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/// Signs what a node publishes: the exact bytes of the envelope, and the subject. Who it is from
/// and for, its id and its time stand in the envelope, so that a copy is of no use elsewhere or
/// later. Thread-safe.
public final class Signing {
    /// The header with the public key of the sender.
    public static final String KEY = "Steward-Key";

    /// The header with the signature, in base64.
    public static final String SIGNATURE = "Steward-Signature";

    /// The header that says how far the broker's clock is ahead of the sender's, in milliseconds.
    /// It is signed: else whoever has a copy could make it young again.
    public static final String AHEAD = "Steward-Ahead";

    /// What else this key may sign begins otherwise.
    private static final String PURPOSE = "steward-message-v1\n";

    private final Key key;

    public Signing(Key key) {
        this.key = key;
    }

    /// The headers with which this is published, by a sender that does not know the broker's time.
    public Map<String, String> headers(String subject, byte[] payload) {
        return Map.of(KEY, key.known().text(), SIGNATURE, signature(subject, "", payload));
    }

    /// The headers with which this is published.
    ///
    /// @param ahead how far the broker's clock is ahead of the sender's
    public Map<String, String> headers(String subject, Duration ahead, byte[] payload) {
        String millis = Long.toString(ahead.toMillis());
        return Map.of(
                KEY,
                key.known().text(),
                AHEAD,
                millis,
                SIGNATURE,
                signature(subject, millis, payload));
    }

    private String signature(String subject, String ahead, byte[] payload) {
        return Base64.getEncoder().encodeToString(key.sign(signed(subject, ahead, payload)));
    }

    /// @param ahead as in its header; empty if there is none
    static byte[] signed(String subject, String ahead, byte[] payload) {
        // why: neither has a line feed, so that nothing can be read in two ways
        byte[] before = (PURPOSE + subject + '\n' + ahead + '\n').getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(before, before.length + payload.length);
        System.arraycopy(payload, 0, all, before.length, payload.length);
        return all;
    }
}
