package io.steward.messages;

import io.steward.fuzz.Finding;
import java.util.Arrays;

/// Any bytes that come from the broker: refused with words, or a message that survives the way on.
public final class EnvelopeFuzz {
    private EnvelopeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InputException {
        Envelope.senderOf(input);
        Message message;
        try {
            message = Envelope.decode(input);
        } catch (InputException e) {
            Finding.unlessReadable(e.getMessage());
            return;
        }
        byte[] encoded = Envelope.encode(message);
        Finding.unlessSame("decoded again", Envelope.decode(encoded), message);
        Finding.unlessSame("as a tree", Envelope.fromJson(Envelope.toJson(message)), message);
        if (!Arrays.equals(Envelope.encode(Envelope.decode(encoded)), encoded)) {
            throw new Finding("encoding twice makes other bytes");
        }
        Finding.unlessSame(
                "the sender of what can be decoded",
                Envelope.senderOf(encoded).map(Envelope.Sender::id).orElse(null),
                message.id());
        Finding.unlessSame(
                "the subject", Subject.parse(message.subject().toString()), message.subject());
    }
}
