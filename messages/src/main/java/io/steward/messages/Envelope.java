package io.steward.messages;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;

/// The envelope on the wire: JSON, UTF-8, one object. Unknown fields are ignored, so that a newer
/// sender can talk to an older receiver; an unknown version is refused. Instants are written in UTC
/// with milliseconds, durations as [Durations#format] does; null fields are left out, defaults are
/// not. Thread-safe.
///
/// An output that is not UTF-8 is carried in base64, in `stdoutBase64` or `stderrBase64` in place
/// of `stdout` or `stderr`; likewise one of so many control characters that JSON would more than
/// double it. So an output never takes more than twice its bytes.
public final class Envelope {
    private static final JsonFactory FACTORY = Parsers.JSON;
    private static final ObjectMapper TREES = new ObjectMapper(FACTORY);

    private Envelope() {}

    /// Who sent a payload that cannot be decoded, so that it can still be told.
    ///
    /// @param domain empty if the payload names none that could be used
    public record Sender(MessageId id, NodeName from, String domain) {}

    /// The message as bytes. Does not look at [Limits#MAX_MESSAGE_BYTES].
    public static byte[] encode(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            EnvelopeWriter.write(out, message);
        } catch (IOException e) {
            throw new UncheckedIOException("encoding message " + message.id(), e);
        }
        return bytes.toByteArray();
    }

    /// @throws InputException if `payload` is not one envelope of version 1, or is larger than
    ///   [Limits#MAX_PAYLOAD_BYTES]
    public static Message decode(byte[] payload) throws InputException {
        if (payload.length > Limits.MAX_PAYLOAD_BYTES) {
            throw new InputException(
                    0,
                    0,
                    null,
                    "the envelope has %d bytes, at most %d are allowed"
                            .formatted(payload.length, Limits.MAX_PAYLOAD_BYTES),
                    false);
        }
        return decodeKept(payload);
    }

    /// As [#decode], of what [#encode] made of a message that had come: that may be larger than
    /// what came, as it says all that the payload left out.
    ///
    /// @throws InputException if `payload` is not one envelope of version 1
    public static Message decodeKept(byte[] payload) throws InputException {
        try (ValueReader in = Parsers.json(Text.of(payload), false)) {
            return onlyMessage(in);
        } catch (InputException e) {
            OptionalLong version = new Glance(payload).version();
            if (version.isPresent()
                    && version.getAsLong() != Message.VERSION
                    && !e.isIncomplete()) {
                throw new InputException(
                        e.line(),
                        e.column(),
                        "v",
                        EnvelopeReader.versionProblem(version.getAsLong()),
                        false);
            }
            throw e;
        }
    }

    private static Message onlyMessage(ValueReader in) throws InputException {
        expectObject(in);
        Message message = EnvelopeReader.read(in);
        if (in.next() != null) {
            throw in.wrongType("nothing behind the envelope");
        }
        return message;
    }

    private static void expectObject(ValueReader in) throws InputException {
        if (in.next() != JsonToken.START_OBJECT) {
            throw in.wrongType("an object");
        }
    }

    /// Reads what [#toJson(Message)] made, by the rules of [#decode]. Its errors have no place.
    ///
    /// @throws InputException if `envelope` is not an envelope of version 1
    public static Message fromJson(JsonNode envelope) throws InputException {
        try (ValueReader in = Parsers.tree(envelope)) {
            return onlyMessage(in);
        }
    }

    /// Reads what [#toJson(Ack)] made. Its errors have no place.
    ///
    /// @throws InputException if `ack` is not an `ack` object
    public static Ack ackFromJson(JsonNode ack) throws InputException {
        try (ValueReader in = Parsers.tree(ack)) {
            expectObject(in);
            return AckReader.read(in);
        }
    }

    /// Who sent `payload`, if that can be made out; for a payload that [#decode] refuses. Never
    /// fails.
    public static Optional<Sender> senderOf(byte[] payload) {
        return new Glance(payload).sender();
    }

    /// The envelope as a tree, for logs and HTTP answers.
    public static ObjectNode toJson(Message message) {
        return tree(out -> EnvelopeWriter.write(out, message));
    }

    /// The `ack` object as a tree.
    public static ObjectNode toJson(Ack ack) {
        return tree(out -> EnvelopeWriter.write(out, ack));
    }

    @FunctionalInterface
    private interface Writer {
        void to(JsonGenerator out) throws IOException;
    }

    private static ObjectNode tree(Writer writer) {
        try (TokenBuffer tokens = new TokenBuffer(TREES, false)) {
            writer.to(tokens);
            return TREES.readTree(tokens.asParser());
        } catch (IOException e) {
            throw new UncheckedIOException("a tree in memory", e);
        }
    }
}
