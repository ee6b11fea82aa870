package io.steward.agent.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Messages and ACKs as the bytes that are stored: their JSON.
final class Codec {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Codec() {}

    static byte[] encode(Message message) {
        return Envelope.encode(message);
    }

    static byte[] encode(Ack ack) {
        return Envelope.toJson(ack).toString().getBytes(StandardCharsets.UTF_8);
    }

    static Message message(byte[] envelope) {
        try {
            return Envelope.decodeKept(envelope);
        } catch (InputException e) {
            throw unreadable("message", envelope, e);
        }
    }

    static Ack ack(byte[] json) {
        try {
            return Envelope.ackFromJson(JSON.readTree(json));
        } catch (IOException | InputException e) {
            throw unreadable("ACK", json, e);
        }
    }

    private static JournalException unreadable(String what, byte[] bytes, Exception cause) {
        String start = new String(bytes, 0, Math.min(bytes.length, 80), StandardCharsets.UTF_8);
        return new JournalException(
                JournalException.Kind.DAMAGED,
                "journal: a stored %s cannot be read: %s (it begins with %s)"
                        .formatted(what, cause.getMessage(), start)
                        .replaceAll("\\p{Cntrl}", "\uFFFD"),
                cause);
    }
}
