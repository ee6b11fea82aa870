package io.steward.agent.policy;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Messages and senders of these tests.
final class Letters {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private Letters() {}

    /// @param text `FROM[/CLOUD[/TAG,TAG]] TYPE METHOD DOMAIN [DATA|DATA...]`; a cloud `?` is not
    ///   known
    static Message message(String text) {
        String[] words = text.split(" ", 5);
        List<String> data = words.length < 5 ? List.of() : Arrays.asList(words[4].split("\\|", -1));
        return message(words[0].split("/", 2)[0], words[1], words[2], words[3], data);
    }

    static Message message(
            String from, String type, String method, String domain, List<String> data) {
        return new Message(
                new MessageId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                new NodeName(from),
                Subject.parse("ship1.%s.%s.%s".formatted(type, method, domain)),
                data,
                NOW,
                NOW.plus(Message.DEFAULT_EXPIRY),
                Duration.ofSeconds(30),
                0,
                null,
                true,
                OnInterrupt.AUTO,
                1,
                null,
                Map.of(),
                false,
                null);
    }

    static Sender sender(String text) {
        String[] parts = text.split(" ", 2)[0].split("/", -1);
        NodeName name = new NodeName(parts[0]);
        if (parts.length > 1 && parts[1].equals("?")) {
            return Sender.unknown(name);
        }
        return new Sender(
                name,
                true,
                parts.length > 1 && !parts[1].isEmpty() ? parts[1] : null,
                parts.length > 2 ? Set.of(parts[2].split(",", -1)) : Set.of());
    }

    static Decision decide(String policy, String message) throws PolicyException {
        return Policy.read("policy.yaml", policy).decide(message(message), sender(message));
    }
}
