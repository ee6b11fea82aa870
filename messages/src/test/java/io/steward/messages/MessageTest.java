package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MessageTest {
    private static final Instant NOW = Instant.parse("2026-11-20T18:00:00.123456789Z");
    private static final MessageId ID = new MessageId("01JD5Z9V8R0000000000000001");
    private static final NodeName NODE = new NodeName("ship1");

    private static Message message(
            String method,
            List<String> data,
            Instant expiresAt,
            Duration ackTimeout,
            int retries,
            @Nullable Duration methodTimeout,
            int maxAttempts,
            Map<String, String> labels) {
        return new Message(
                ID,
                NODE,
                new Subject(NODE, MessageType.COMMAND, method, "d"),
                data,
                NOW,
                expiresAt,
                ackTimeout,
                retries,
                methodTimeout,
                true,
                OnInterrupt.AUTO,
                maxAttempts,
                null,
                labels,
                false,
                null);
    }

    private static Message message(List<String> data, Map<String, String> labels) {
        return message("m", data, NOW.plusSeconds(1), Duration.ofSeconds(1), 0, null, 1, labels);
    }

    private static Message message(
            Duration ackTimeout, int retries, @Nullable Duration methodTimeout, int maxAttempts) {
        return message(
                "m",
                List.of(),
                NOW.plusSeconds(1),
                ackTimeout,
                retries,
                methodTimeout,
                maxAttempts,
                Map.of());
    }

    private static MessageRequest expiring(Expiry expires) {
        return new MessageRequest(
                0,
                0,
                List.of(NODE),
                MessageType.EVENT,
                "m",
                null,
                List.of(),
                Message.DEFAULT_ACK_TIMEOUT,
                0,
                null,
                expires,
                true,
                OnInterrupt.AUTO,
                1,
                null,
                Map.of(),
                false,
                null);
    }

    @Test
    void timesAreCutToTheMillisecond() {
        Message message = message(Duration.ofNanos(1_999_999), 0, Duration.ofNanos(3_000_001), 1);

        assertThat(message.createdAt()).isEqualTo(Instant.parse("2026-11-20T18:00:00.123Z"));
        assertThat(message.expiresAt()).isEqualTo(Instant.parse("2026-11-20T18:00:01.123Z"));
        assertThat(message.ackTimeout()).isEqualTo(Duration.ofMillis(1));
        assertThat(message.methodTimeout()).isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void valuesOutOfTheirRangeAreRefused() {
        Duration second = Duration.ofSeconds(1);
        refused(
                () -> message(Duration.ZERO, 0, null, 1),
                "ackTimeout: 0s is out of range, expected 1ms to 365d");
        refused(
                () -> message(Duration.ofDays(365).plusMillis(1), 0, null, 1),
                "ackTimeout: 365d1ms is out of range, expected 1ms to 365d");
        refused(
                () -> message(second, 0, Duration.ofSeconds(Long.MIN_VALUE), 1),
                "methodTimeout: PT-2562047788015215H-30M-8S is out of range, expected 1ms to 365d");
        refused(
                () -> message(second, -1, null, 1),
                "retries: -1 is out of range, expected 0 to 1000000");
        refused(
                () -> message(second, 0, null, 0),
                "maxAttempts: 0 is out of range, expected 1 to 1000");
        refused(
                () -> message(Collections.nCopies(10_001, ""), Map.of()),
                "data: 10001 items, at most 10000 are allowed");
        refused(
                () -> message(List.of(), Map.of("k".repeat(65), "")),
                "labels: the key \"" + "k".repeat(65) + "\" has 65 characters, expected 1 to 64");
        refused(
                () -> message(List.of(), Map.of("a", "v".repeat(1_025))),
                "labels.a: 1025 characters, at most 1024 are allowed");
        Map<String, String> many = new HashMap<>();
        for (int n = 0; n < 65; n++) {
            many.put("k" + n, "");
        }
        refused(() -> message(List.of(), many), "labels: 65 items, at most 64 are allowed");
    }

    @Test
    void whatHasNoUtf8IsRefused() {
        refused(
                () -> message(List.of("ok", "é\uD83D"), Map.of()),
                "data: \"é\uFFFD\" has half a surrogate pair (U+D83D) at character 2: it cannot be"
                        + " written in UTF-8");
        refused(
                () -> new Reply(NODE, "m", null, List.of("\uDE00")),
                "reply.data: \"\uFFFD\" has half a surrogate pair (U+DE00) at character 1: it"
                        + " cannot be written in UTF-8");
        assertThat(message(List.of("\uD83D\uDE00"), Map.of()).data()).containsExactly("😀");
    }

    @Test
    void theReasonOfAnAckIsMadeWritable() {
        assertThat(Ack.of(ID, NODE, State.FAILED, "a\uD83Db\uD83D\uDE00").reason())
                .isEqualTo("a\uFFFDb😀");
    }

    @Test
    void anAckIsAnEventAndHasWhatItSays() {
        refused(
                () -> message("ack", List.of(), NOW, Duration.ofSeconds(1), 0, null, 1, Map.of()),
                "type: method \"ack\" is for events only");
        refused(
                () -> new Reply(NODE, "ack", null, List.of()),
                "method \"ack\" is made by the receiver and takes no reply");
        refused(
                () -> Ack.of(ID, NODE, State.QUEUED, null),
                "an ACK cannot say queued: only the sender knows that");
    }

    @Test
    void nothingLivesLongerThanAnIdIsRemembered() {
        Instant late = NOW.plus(Limits.MAX_EXPIRY);

        assertThat(expiring(new Expiry.At(late)).messages(NODE, "d", () -> ID, NOW)).hasSize(1);
        assertThat(expiring(new Expiry.After(Limits.MAX_EXPIRY)).messages(NODE, "d", () -> ID, NOW))
                .hasSize(1);
        refused(
                () ->
                        expiring(new Expiry.At(late.plusMillis(1)))
                                .messages(NODE, "d", () -> ID, NOW),
                "expires: 2027-11-20T18:00:00.124456789Z is more than 365d away");
        refused(
                () ->
                        expiring(new Expiry.After(Duration.ofSeconds(Long.MAX_VALUE)))
                                .messages(NODE, "d", () -> ID, NOW),
                "expires: PT2562047788015215H30M7S is more than 365d");
        refused(
                () -> expiring(new Expiry.At(NOW)).messages(NODE, "d", () -> ID, NOW),
                "expires: 2026-11-20T18:00:00.123456789Z is in the past");
        refused(
                () ->
                        message(
                                "m",
                                List.of(),
                                late.plusMillis(1),
                                Duration.ofSeconds(1),
                                0,
                                null,
                                1,
                                Map.of()),
                "expiresAt: 2027-11-20T18:00:00.124Z is more than 365d after createdAt");
    }

    @Test
    void anOutputIsCutBetweenCharacters() {
        Output output = Output.of("aé😀");

        assertThat(output.first(7)).isSameAs(output);
        assertThat(output.first(6)).isEqualTo(Output.of("aé"));
        assertThat(output.first(3)).isEqualTo(Output.of("aé"));
        assertThat(output.first(2)).isEqualTo(Output.of("a"));
        assertThat(output.first(0)).isEqualTo(Output.EMPTY);
        assertThat(output.isText()).isTrue();
        assertThat(Output.of(new byte[] {(byte) 0xC3}).isText()).isFalse();
    }

    private static void refused(Runnable made, String error) {
        assertThatIllegalArgumentException().isThrownBy(made::run).withMessage(error);
    }
}
