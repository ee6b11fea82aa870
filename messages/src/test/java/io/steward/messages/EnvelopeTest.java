package io.steward.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvelopeTest {
    private static final String ID = "01JD5Z9V8R0000000000000001";
    private static final String LEAST =
            """
            {"id":"01JD5Z9V8R0000000000000001","from":"central","to":"ship1","type":"command",\
            "method":"shellcommand","domain":"operatingsystem","createdAt":"2026-11-20T19:00:00.5+01:00"}\
            """;

    private static Message decode(String json) throws InputException {
        return Envelope.decode(json.getBytes(UTF_8));
    }

    private static String with(String more) {
        return LEAST.substring(0, LEAST.length() - 1) + "," + more + "}";
    }

    @Test
    void whatIsEncodedDecodesToTheSame() throws Exception {
        long seed = System.nanoTime();
        Generator generator = new Generator(seed);
        for (int n = 0; n < 5_000; n++) {
            Message message = generator.message();
            byte[] bytes = Envelope.encode(message);
            ObjectNode tree = Envelope.toJson(message);

            assertThat(Envelope.decode(bytes)).as("seed %d, case %d", seed, n).isEqualTo(message);
            assertThat(Envelope.encode(Envelope.decode(bytes)))
                    .as("seed %d, case %d", seed, n)
                    .isEqualTo(bytes);
            assertThat(tree.toString())
                    .as("seed %d, case %d", seed, n)
                    .isEqualTo(new String(bytes, UTF_8));
            assertThat(Envelope.fromJson(tree)).as("seed %d, case %d", seed, n).isEqualTo(message);
            assertThat(Envelope.senderOf(bytes))
                    .as("seed %d, case %d", seed, n)
                    .contains(
                            new Envelope.Sender(
                                    message.id(), message.from(), message.subject().domain()));
            Ack ack = message.ack();
            if (ack != null) {
                assertThat(Envelope.ackFromJson(Envelope.toJson(ack)))
                        .as("seed %d, case %d", seed, n)
                        .isEqualTo(ack);
            }
        }
    }

    @Test
    void theLeastEnvelopeGetsEveryDefault() throws InputException {
        Instant createdAt = Instant.parse("2026-11-20T18:00:00.500Z");

        assertThat(decode(LEAST))
                .isEqualTo(
                        new Message(
                                new MessageId(ID),
                                new NodeName("central"),
                                Subject.parse("ship1.command.shellcommand.operatingsystem"),
                                List.of(),
                                createdAt,
                                createdAt.plus(Message.DEFAULT_EXPIRY),
                                Message.DEFAULT_ACK_TIMEOUT,
                                0,
                                null,
                                true,
                                OnInterrupt.AUTO,
                                Message.DEFAULT_MAX_ATTEMPTS,
                                null,
                                Map.of(),
                                false,
                                null));
    }

    @Test
    void defaultsAreWrittenAndNullsAreNot() throws InputException {
        assertThat(new String(Envelope.encode(decode(LEAST)), UTF_8))
                .isEqualTo(
                        """
                        {"v":1,"id":"01JD5Z9V8R0000000000000001","from":"central","to":"ship1","type":"command",\
                        "method":"shellcommand","domain":"operatingsystem","data":[],\
                        "createdAt":"2026-11-20T18:00:00.500Z","expiresAt":"2026-11-27T18:00:00.500Z",\
                        "ackTimeout":"30s","retries":0,"ordered":true,"onInterrupt":"auto","maxAttempts":3,"labels":{}}\
                        """);
    }

    @Test
    void anAckIsWrittenWithAllItSays() throws InputException {
        Ack ack =
                new Ack(
                        new MessageId(ID),
                        new NodeName("ship1"),
                        State.FAILED,
                        "exit code 2",
                        2,
                        null,
                        Output.of("é\n"),
                        Output.of(new byte[] {(byte) 0xFF, 0}),
                        0,
                        0,
                        true,
                        Instant.parse("2026-11-20T18:00:01Z"),
                        Duration.ofMillis(1_500),
                        1,
                        Instant.parse("2026-11-20T18:00:00.900Z"));

        assertThat(ack.endedAt()).isEqualTo("2026-11-20T18:00:02.500Z");
        assertThat(Envelope.toJson(ack).toString())
                .isEqualTo(
                        """
                        {"messageId":"01JD5Z9V8R0000000000000001","node":"ship1","state":"failed","reason":"exit code 2",\
                        "exitCode":2,"stdout":"é\\n","stderrBase64":"/wA=","truncated":true,\
                        "startedAt":"2026-11-20T18:00:01.000Z","durationMs":1500,"attempt":1,\
                        "receivedAt":"2026-11-20T18:00:00.900Z"}\
                        """);
        Message message =
                Message.ofAck(
                        new MessageId(ID),
                        new NodeName("ship1"),
                        decode(LEAST),
                        ack,
                        Instant.EPOCH);
        assertThat(message.subject()).hasToString("central.event.ack.operatingsystem");
        assertThat(Envelope.decode(Envelope.encode(message))).isEqualTo(message);
    }

    @Test
    void anOutputTakesAtMostTwiceItsBytes() throws InputException {
        for (String text : List.of("\0", "\u001F", "\n", "\"\\", "é", "😀", "a\0\0", "\u0001\n")) {
            Output output = Output.of(text.repeat(10_000));
            Ack ack =
                    new Ack(
                            new MessageId(ID),
                            new NodeName("ship1"),
                            State.SUCCEEDED,
                            null,
                            0,
                            null,
                            output,
                            Output.EMPTY,
                            0,
                            0,
                            false,
                            null,
                            null,
                            1,
                            null);
            byte[] bytes =
                    Envelope.encode(
                            Message.ofAck(
                                    new MessageId(ID),
                                    new NodeName("ship1"),
                                    decode(LEAST),
                                    ack,
                                    Instant.EPOCH));

            assertThat(bytes).hasSizeLessThanOrEqualTo(2 * output.size() + 800);
            assertThat(Envelope.decode(bytes).ack()).isEqualTo(ack);
        }
    }

    @Test
    void durationsMayBeNumbersOfSeconds() throws InputException {
        Message message = decode(with("\"ackTimeout\":1.25,\"methodTimeout\":90"));

        assertThat(message.ackTimeout()).isEqualTo(Duration.ofMillis(1_250));
        assertThat(message.methodTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void fieldsItDoesNotKnowAreIgnored() throws InputException {
        assertThat(
                        decode(
                                with(
                                        "\"new\":{\"id\":1,\"a\":[[{}],\"\\ud800\",1e999]},\"x\":null,\"x\":2,\"v\":1")))
                .isEqualTo(decode(LEAST));
        assertThat(decode(with("\"x\":" + "[".repeat(15) + "]".repeat(15))))
                .isEqualTo(decode(LEAST));
    }

    @Test
    void nullMayStandForAFieldThatIsLeftOut() throws InputException {
        assertThat(
                        decode(
                                with(
                                        "\"expiresAt\":null,\"methodTimeout\":null,\"reply\":null,\"ack\":null")))
                .isEqualTo(decode(LEAST));
    }

    @Test
    void aByteOrderMarkAtTheStartIsPassedOver() throws InputException {
        assertThat(decode("\uFEFF" + LEAST)).isEqualTo(decode(LEAST));
    }

    @Test
    void anEnvelopeThatIsTooLargeIsRefused() {
        assertThatThrownBy(() -> Envelope.decode(new byte[Limits.MAX_PAYLOAD_BYTES + 1]))
                .isInstanceOf(InputException.class)
                .hasMessage("the envelope has 8388609 bytes, at most 8388608 are allowed");
    }

    @Test
    void errorsInATreeHaveNoPlace() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("id", 5);

        assertThatThrownBy(() -> Envelope.fromJson(tree))
                .isInstanceOf(InputException.class)
                .hasMessage("id: expected a string, found the number 5; quote it: \"5\"");
        assertThatThrownBy(() -> Envelope.fromJson(JsonNodeFactory.instance.textNode("x")))
                .hasMessage("expected an object, found the string \"x\"");
        assertThatThrownBy(() -> Envelope.ackFromJson(JsonNodeFactory.instance.objectNode()))
                .hasMessage("messageId: is missing: expected the id of the message it is about");
        assertThatThrownBy(() -> Envelope.ackFromJson(JsonNodeFactory.instance.missingNode()))
                .isInstanceOf(InputException.class);
    }

    @Test
    void theSenderOfABadPayloadIsFound() {
        Envelope.Sender sender =
                new Envelope.Sender(new MessageId(ID), new NodeName("central"), "nginx");

        assertThat(senderOf(sent("\"domain\":\"nginx\",\"retries\":\"x\"}"))).contains(sender);
        assertThat(senderOf("\uFEFF" + sent("\"domain\":\"nginx\",\"v\":9}"))).contains(sender);
        assertThat(senderOf(sent("\"domain\":\"nginx\", here it breaks"))).contains(sender);
        assertThat(senderOf(sent("\"x\":{\"domain\":\"y\"},\"domain\":\"nginx\",")))
                .contains(sender);
    }

    @Test
    void aSenderWithoutADomainHasAnEmptyOne() {
        Envelope.Sender sender =
                new Envelope.Sender(new MessageId(ID), new NodeName("central"), "");

        assertThat(senderOf(sent("\"method\":\"m\"}"))).contains(sender);
        assertThat(senderOf(sent("\"domain\":null}"))).contains(sender);
        assertThat(senderOf(sent("\"domain\":\"a.b\"}"))).contains(sender);
    }

    @Test
    void aPayloadWithoutIdAndSenderHasNone() {
        for (String payload :
                List.of(
                        "",
                        "x",
                        "[]",
                        "5",
                        "{}",
                        "{\"id\":\"" + ID + "\"}",
                        "{\"from\":\"central\"}",
                        "{\"id\":\"x\",\"from\":\"central\"}",
                        "{\"id\":\"" + ID + "\",\"from\":\"a.b\"}",
                        "{\"id\":5,\"from\":\"central\"}",
                        "[".repeat(100_000))) {
            assertThat(senderOf(payload)).as(payload).isEmpty();
        }
    }

    private static String sent(String more) {
        return "{\"id\":\"" + ID + "\",\"from\":\"central\"," + more;
    }

    private static java.util.Optional<Envelope.Sender> senderOf(String payload) {
        return Envelope.senderOf(payload.getBytes(UTF_8));
    }
}
