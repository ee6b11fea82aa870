package io.steward.messages;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// The envelope on the wire: JSON, UTF-8, one object. Unknown fields are ignored, so that a newer
/// sender can talk to an older receiver; an unknown version is refused. Thread-safe.
public final class Envelope {
    private Envelope() {}

    public static byte[] encode(Message message) {
        return toJson(message).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /// @throws InputException if `payload` is not one envelope of version 1
    public static Message decode(byte[] payload) throws InputException {
        throw new InputException(0, 0, null, "to be written: " + payload.length, false);
    }

    /// The envelope as a tree, for logs and HTTP answers.
    public static ObjectNode toJson(Message message) {
        throw new IllegalStateException("to be written: " + message);
    }

    /// The `ack` object as a tree.
    public static ObjectNode toJson(Ack ack) {
        throw new IllegalStateException("to be written: " + ack);
    }
}
