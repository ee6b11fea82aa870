package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InputToEnvelopeTest {
    private static final Instant NOW = Instant.parse("2026-11-20T18:00:00.123Z");

    @Test
    void whatIsWrittenIsWhatArrives() throws IOException, InputException {
        long seed = System.nanoTime();
        Generator generator = new Generator(seed);
        MessageIds ids = new MessageIds(() -> NOW);
        NodeName from = new NodeName("central");
        for (int n = 0; n < 3_000; n++) {
            MessageRequest request = generator.request();
            byte[] input = written(request, n % 2 == 0);
            for (InputDecoder.Format format : InputDecoder.Format.values()) {
                List<MessageRequest> read = InputDecoder.decode(input, format);
                assertThat(read)
                        .as("seed %d, case %d, %s", seed, n, format)
                        .containsExactly(request);
            }
            if (!request.expires().from(NOW).isAfter(NOW)
                    || request.expires().from(NOW).isAfter(NOW.plus(Limits.MAX_EXPIRY))) {
                continue;
            }
            List<Message> messages = request.messages(from, "d", ids::next, NOW);
            assertThat(messages).hasSameSizeAs(request.toNodes());
            for (Message message : messages) {
                assertThat(Envelope.decode(Envelope.encode(message)))
                        .as("seed %d, case %d", seed, n)
                        .isEqualTo(message);
                assertThat(message.data()).isEqualTo(request.data());
                assertThat(Envelope.encode(message))
                        .hasSizeLessThanOrEqualTo(RequestSize.atMost(request));
            }
        }
    }

    private static byte[] written(MessageRequest request, boolean words) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = Parsers.JSON.createGenerator(bytes)) {
            // YAML's parser takes no characters that cannot be printed, other than escaped.
            out.setHighestNonEscapedChar(126);
            out.writeStartObject();
            if (request.toNodes().size() == 1) {
                out.writeStringField("toNode", request.toNodes().getFirst().value());
            } else {
                out.writeArrayFieldStart("toNodes");
                for (NodeName node : request.toNodes()) {
                    out.writeString(node.value());
                }
                out.writeEndArray();
            }
            out.writeStringField("commandOrEvent", request.type().word());
            out.writeStringField("method", request.method());
            if (request.domain() != null) {
                out.writeStringField("domain", request.domain());
            }
            texts(out, request.data());
            duration(out, "ackTimeout", request.ackTimeout(), words);
            out.writeNumberField("retries", request.retries());
            if (request.methodTimeout() != null) {
                duration(out, "methodTimeout", request.methodTimeout(), words);
            }
            switch (request.expires()) {
                case Expiry.After after -> duration(out, "expires", after.duration(), words);
                case Expiry.At at -> out.writeStringField("expires", at.instant().toString());
            }
            out.writeBooleanField("ordered", request.ordered());
            out.writeStringField("onInterrupt", request.onInterrupt().word());
            out.writeNumberField("maxAttempts", request.maxAttempts());
            if (request.follow()) {
                out.writeBooleanField("follow", true);
            }
            Reply reply = request.reply();
            if (reply != null) {
                out.writeObjectFieldStart("reply");
                out.writeStringField("toNode", reply.toNode().value());
                out.writeStringField("method", reply.method());
                if (reply.domain() != null) {
                    out.writeStringField("domain", reply.domain());
                }
                texts(out, reply.data());
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void texts(JsonGenerator out, List<String> texts) throws IOException {
        out.writeArrayFieldStart("data");
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }

    private static void duration(
            JsonGenerator out, String field, java.time.Duration duration, boolean words)
            throws IOException {
        if (words) {
            out.writeStringField(field, Durations.format(duration));
        } else {
            out.writeFieldName(field);
            out.writeNumber(java.math.BigDecimal.valueOf(duration.toMillis(), 3).toPlainString());
        }
    }
}
