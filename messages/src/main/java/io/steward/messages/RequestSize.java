package io.steward.messages;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// How large the messages of a request are on the wire, before they are made.
final class RequestSize {
    private static final int LONGEST_ESCAPE = 6;
    private static final int ALL_BUT_TEXTS = 8_192;
    private static final MessageId ANY_ID = new MessageId("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final String LONGEST_TOKEN = "x".repeat(Token.MAX_LENGTH);

    private RequestSize() {}

    /// Bytes of the largest message the request can make, whoever sends it; for a small one an
    /// estimate that lies above.
    static int atMost(MessageRequest request) {
        long estimate =
                ALL_BUT_TEXTS
                        + LONGEST_ESCAPE
                                * (lengths(request.data())
                                        + lengths(request.labels())
                                        + (request.reply() == null
                                                ? 0
                                                : lengths(request.reply().data())));
        return estimate <= Limits.MAX_MESSAGE_BYTES ? (int) estimate : measured(request);
    }

    private static long lengths(List<String> texts) {
        return texts.stream().mapToLong(text -> text.length() + 1L).sum();
    }

    private static long lengths(Map<String, String> texts) {
        return texts.entrySet().stream()
                .mapToLong(entry -> entry.getKey().length() + entry.getValue().length() + 2L)
                .sum();
    }

    private static int measured(MessageRequest request) {
        Message message =
                new Message(
                        ANY_ID,
                        new NodeName(LONGEST_TOKEN),
                        new Subject(
                                new NodeName(LONGEST_TOKEN),
                                request.type(),
                                request.method(),
                                request.domain() == null ? LONGEST_TOKEN : request.domain()),
                        request.data(),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        request.ackTimeout(),
                        request.retries(),
                        request.methodTimeout(),
                        request.ordered(),
                        request.onInterrupt(),
                        request.maxAttempts(),
                        request.reply(),
                        request.labels(),
                        request.follow(),
                        null);
        return Envelope.encode(message).length;
    }
}
