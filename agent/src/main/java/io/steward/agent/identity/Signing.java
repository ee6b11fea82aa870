package io.steward.agent.identity;

import java.nio.charset.StandardCharsets;
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

    /// What else this key may sign begins otherwise.
    private static final byte[] PURPOSE =
            "steward-message-v1\n".getBytes(StandardCharsets.US_ASCII);

    private final Key key;

    public Signing(Key key) {
        this.key = key;
    }

    /// The headers with which this is published.
    public Map<String, String> headers(String subject, byte[] payload) {
        return Map.of(
                KEY,
                key.known().text(),
                SIGNATURE,
                Base64.getEncoder().encodeToString(key.sign(signed(subject, payload))));
    }

    static byte[] signed(String subject, byte[] payload) {
        byte[] on = subject.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[PURPOSE.length + on.length + 1 + payload.length];
        System.arraycopy(PURPOSE, 0, all, 0, PURPOSE.length);
        System.arraycopy(on, 0, all, PURPOSE.length, on.length);
        all[PURPOSE.length + on.length] = '\n'; // why: it stands in no subject
        System.arraycopy(payload, 0, all, PURPOSE.length + on.length + 1, payload.length);
        return all;
    }
}
