package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes messages of every kind out of a seed.
final class Generator {
    private static final String TOKEN =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private static final int[] CHARACTERS = {
        'a', ' ', '"', '\\', '/', '\n', '\r', '\t', 0, 1, 0x1F, 0x7F, 0x85, 0xE9, 0x7FF, 0x800,
        0x2028, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF
    };

    /// What a receiver can say.
    private static final State[] SAID =
            EnumSet.complementOf(EnumSet.of(State.QUEUED, State.PUBLISHED)).toArray(State[]::new);

    private final Random random;

    Generator(long seed) {
        this.random = new Random(seed);
    }

    Message message() {
        boolean isAck = random.nextInt(3) == 0;
        Instant createdAt = instant();
        return new Message(
                id(),
                node(),
                isAck
                        ? Subject.ofAck(node(), token())
                        : new Subject(node(), one(MessageType.values()), token(), token()),
                texts(),
                createdAt,
                createdAt.plusMillis(random.nextLong(-1_000, Limits.MAX_EXPIRY.toMillis())),
                duration(),
                random.nextInt(Limits.MAX_RETRIES + 1),
                maybe(this::duration),
                random.nextBoolean(),
                one(OnInterrupt.values()),
                random.nextInt(1, Limits.MAX_ATTEMPTS + 1),
                maybe(this::reply),
                labels(),
                random.nextBoolean(),
                isAck ? ack() : null);
    }

    MessageRequest request() {
        List<NodeName> nodes = new ArrayList<>();
        for (int n = random.nextInt(1, 4); n > 0; n--) {
            nodes.add(new NodeName("n" + n));
        }
        return new MessageRequest(
                1,
                1,
                nodes,
                one(MessageType.values()),
                token(),
                maybe(this::token),
                inputTexts(),
                duration(),
                random.nextInt(Limits.MAX_RETRIES + 1),
                maybe(this::duration),
                random.nextBoolean()
                        ? new Expiry.After(duration())
                        : new Expiry.At(Instant.ofEpochMilli(random.nextLong(1L << 42))),
                random.nextBoolean(),
                one(OnInterrupt.values()),
                random.nextInt(1, Limits.MAX_ATTEMPTS + 1),
                maybe(() -> new Reply(node(), token(), maybe(this::token), inputTexts())),
                Map.of(),
                random.nextBoolean(),
                null);
    }

    /// One that is sent again and again.
    MessageRequest scheduled() {
        Rhythm rhythm =
                random.nextBoolean()
                        ? new Rhythm.Every(Duration.ofSeconds(random.nextLong(2, 31_536_000)))
                        : new Rhythm.At(
                                Cron.parse(
                                        "%d %d * * *"
                                                .formatted(random.nextInt(60), random.nextInt(24))),
                                ZoneId.of(random.nextBoolean() ? "Europe/Oslo" : "UTC"));
        return request()
                .on(
                        new Schedule(
                                maybe(this::token),
                                rhythm,
                                Duration.ofMillis(random.nextInt(2_000)),
                                maybe(() ->
                                        random.nextBoolean()
                                                ? new Expiry.After(duration())
                                                : new Expiry.At(
                                                        Instant.ofEpochMilli(
                                                                random.nextLong(1L << 42)))),
                                one(CatchUp.values()),
                                maybe(() -> Duration.ofSeconds(random.nextInt(1, 31_536_000)))));
    }

    private Ack ack() {
        return new Ack(
                id(),
                node(),
                one(SAID),
                maybe(this::text),
                maybe(random::nextInt),
                maybe(this::text),
                output(),
                output(),
                random.nextInt(1 << 20),
                random.nextInt(3),
                random.nextBoolean(),
                maybe(this::instant),
                maybe(() -> Duration.ofNanos(random.nextLong(1L << 60))),
                random.nextInt(1 << 20),
                maybe(this::instant));
    }

    private Output output() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return switch (random.nextInt(4)) {
            case 0 -> Output.of(bytes);
            case 1 -> Output.of(Base64.getEncoder().encode(bytes));
            case 2 -> Output.of("\u0001".repeat(bytes.length));
            default -> Output.of(text());
        };
    }

    private Reply reply() {
        return new Reply(node(), token(), maybe(this::token), texts());
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            texts.add(text());
        }
        return texts;
    }

    /// What people may write, also as YAML: no NUL, and no U+007F.
    private List<String> inputTexts() {
        return texts().stream().map(text -> text.replaceAll("[\\x00\\x7F]", "")).toList();
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            labels.put("k" + text(), text());
        }
        return labels;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            text.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return text.toString();
    }

    private String token() {
        StringBuilder token = new StringBuilder("t");
        for (int n = random.nextInt(Token.MAX_LENGTH); n > 0; n--) {
            token.append(TOKEN.charAt(random.nextInt(TOKEN.length())));
        }
        return token.toString();
    }

    private NodeName node() {
        return new NodeName(token());
    }

    private MessageId id() {
        StringBuilder id = new StringBuilder("" + random.nextInt(8));
        while (id.length() < 26) {
            id.append(Ulid.ALPHABET.charAt(random.nextInt(32)));
        }
        return new MessageId(id.toString());
    }

    private Instant instant() {
        return Instant.ofEpochSecond(
                random.nextLong(-62_167_219_200L, 253_370_000_000L), random.nextInt(1_000_000_000));
    }

    Duration duration() {
        long most = Limits.MAX_TIMEOUT.toMillis();
        long millis = random.nextLong(1, random.nextBoolean() ? 100_000 : most + 1);
        return Duration.ofMillis(millis);
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> @Nullable T maybe(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }
}
