package io.steward.messages;

import io.steward.fuzz.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Any text where a subject, a name, an id, a duration or an instant is expected: refused with
/// words, or the same after it was written and read again. Nothing passes that a broker would take
/// for more than one token.
public final class NamesFuzz {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private NamesFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        all(new String(input, StandardCharsets.UTF_8));
        all(new String(input, StandardCharsets.UTF_16BE)); // halves of surrogate pairs too
    }

    private static void all(String text) {
        Subject subject = parsed(text, Subject::parse);
        if (subject != null) {
            Finding.unlessSame("subject", Subject.parse(subject.toString()), subject);
            Finding.unlessSame("subject as text", subject.toString(), text);
            for (String token : subject.toString().split("\\.", -1)) {
                isToken(token);
            }
            isToken(Subject.ofAck(subject.node(), subject.domain()).domain());
        }
        NodeName node = parsed(text, NodeName::new);
        if (node != null) {
            isToken(node.toString());
        }
        MessageId id = parsed(text, MessageId::new);
        if (id != null) {
            isToken(id.toString());
            Finding.unlessSame("id", new MessageId(id.toString()), id);
            if (id.time().isBefore(Instant.EPOCH)) {
                throw new Finding("an id of before 1970: " + id);
            }
        }
        parsed(text, MessageType::of);
        parsed(text, State::of);
        parsed(text, OnInterrupt::of);
        Duration duration = parsed(text, Durations::parse);
        Finding.unlessSame("is a duration", Durations.isDuration(text), duration != null);
        if (duration != null && duration.compareTo(Duration.ofDays(999_999_999)) <= 0) {
            Finding.unlessSame("duration", Durations.parse(Durations.format(duration)), duration);
        }
        Instant instant = parsed(text, Instants::parse);
        if (instant != null) {
            Instant millis = Instant.ofEpochMilli(instant.toEpochMilli());
            Finding.unlessSame("instant", Instants.parse(Instants.format(millis)), millis);
        }
    }

    private static void isToken(String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new Finding("taken for one token: " + token);
        }
    }

    private static <T> @Nullable T parsed(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            Finding.unlessReadable(e.getMessage());
            return null;
        }
    }
}
