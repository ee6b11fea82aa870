package io.steward.agent.policy;

import io.steward.agent.settings.ByteSize;
import io.steward.messages.Durations;
import io.steward.messages.MessageType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A rule while it is read.
final class RuleDraft {
    static final List<String> KEYS =
            List.of(
                    "name",
                    "from",
                    "fromCloud",
                    "fromTag",
                    "type",
                    "method",
                    "domain",
                    "program",
                    "arguments",
                    "outcome",
                    "runAs",
                    "limits");
    static final Set<String> SINGLE = Set.of("name", "outcome", "runAs");
    static final List<String> LIMITS = List.of("cpuTime", "memory", "openFiles", "processes");

    /// As the last argument: whatever comes further.
    private static final String FURTHER = "...";

    private static final String TOKEN_CHARACTERS = "A-Z a-z 0-9 _ - and the wildcards * ? [ ]";

    private final Map<String, List<Pattern>> patterns = new HashMap<>();
    private final Set<MessageType> types = EnumSet.noneOf(MessageType.class);
    private @Nullable List<Pattern> arguments;
    private boolean further;
    private @Nullable String name;
    private @Nullable Boolean allows;
    private @Nullable RunAs runAs;
    private ResourceLimits limits = ResourceLimits.NONE;
    private boolean limited;

    /// @throws IllegalArgumentException if the key cannot have that; says what was expected
    void put(String key, List<String> texts) {
        String first = texts.isEmpty() ? "" : texts.getFirst();
        switch (key) {
            case "name" -> name = name(first);
            case "outcome" -> allows = outcome(first);
            case "runAs" -> runAs = new RunAs(first, ResourceLimits.NONE);
            case "type" -> texts.forEach(text -> types.add(type(text)));
            case "arguments" -> arguments(texts);
            case "program" ->
                    patterns.put(key, texts.stream().map(RuleDraft::programPattern).toList());
            default -> patterns.put(key, texts.stream().map(RuleDraft::tokenPattern).toList());
        }
    }

    /// @throws IllegalArgumentException if the limit cannot be that
    void putLimit(String key, String value) {
        limited = true;
        limits =
                switch (key) {
                    case "cpuTime" ->
                            new ResourceLimits(
                                    cpuTime(value),
                                    limits.memory(),
                                    limits.openFiles(),
                                    limits.processes());
                    case "memory" ->
                            new ResourceLimits(
                                    limits.cpuTime(),
                                    memory(value),
                                    limits.openFiles(),
                                    limits.processes());
                    case "openFiles" ->
                            new ResourceLimits(
                                    limits.cpuTime(),
                                    limits.memory(),
                                    count(value),
                                    limits.processes());
                    default ->
                            new ResourceLimits(
                                    limits.cpuTime(),
                                    limits.memory(),
                                    limits.openFiles(),
                                    count(value));
                };
    }

    /// @throws IllegalArgumentException if it is not whole, or its parts do not go together
    Rule rule() {
        if (name == null) {
            throw new IllegalArgumentException("name: is missing: expected one for each rule");
        }
        if (allows == null) {
            throw new IllegalArgumentException(
                    "outcome: is missing in rule %s: expected allow or deny".formatted(name));
        }
        boolean ofCommands =
                patterns.containsKey("program") || arguments != null || runAs != null || limited;
        if (ofCommands && !isForCommandsAlone()) {
            throw new IllegalArgumentException(
                    "rule %s has program, arguments, runAs or limits, which only shellcommand knows: expected `method: shellcommand` in it"
                            .formatted(name));
        }
        if (!allows && (runAs != null || limited)) {
            throw new IllegalArgumentException(
                    "rule %s denies: expected runAs and limits only in rules that allow"
                            .formatted(name));
        }
        return new Rule(
                name,
                new Conditions(
                        of("from"),
                        of("fromCloud"),
                        of("fromTag"),
                        types,
                        of("method"),
                        of("domain"),
                        of("program"),
                        arguments,
                        further),
                allows,
                new RunAs(runAs == null ? null : runAs.user(), limits));
    }

    private boolean isForCommandsAlone() {
        List<Pattern> methods = of("method");
        return methods.size() == 1 && methods.getFirst().text().equals(Conditions.SHELL_COMMAND);
    }

    private List<Pattern> of(String key) {
        return Objects.requireNonNullElse(patterns.get(key), List.of());
    }

    private static String name(String text) {
        if (!text.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw new IllegalArgumentException(
                    "\"%s\": expected 1 to 64 characters of A-Z a-z 0-9 _ . -".formatted(text));
        }
        return text;
    }

    private static boolean outcome(String text) {
        return switch (text) {
            case "allow" -> true;
            case "deny" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\": expected allow or deny".formatted(text));
        };
    }

    private static MessageType type(String text) {
        return switch (text) {
            case "command" -> MessageType.COMMAND;
            case "event" -> MessageType.EVENT;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\": expected command or event".formatted(text));
        };
    }

    private void arguments(List<String> texts) {
        further = !texts.isEmpty() && texts.getLast().equals(FURTHER);
        List<String> each = further ? texts.subList(0, texts.size() - 1) : texts;
        if (each.contains(FURTHER)) {
            throw new IllegalArgumentException(
                    "... stands before the end: expected it as the last one");
        }
        arguments = each.stream().map(RuleDraft::pattern).toList();
    }

    private static Pattern programPattern(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty text: expected a program");
        }
        return pattern(text);
    }

    /// What could match no node, cloud, tag, method or domain is a slip.
    private static Pattern tokenPattern(String text) {
        if (!text.matches("[A-Za-z0-9_*?\\[\\]!-]+")) {
            throw new IllegalArgumentException(
                    "\"%s\": expected %s".formatted(text, TOKEN_CHARACTERS));
        }
        return pattern(text);
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"%s\": %s".formatted(text, e.getMessage()), e);
        }
    }

    private static Duration cpuTime(String text) {
        Duration time;
        try {
            time = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            time = Duration.ZERO;
        }
        if (time.toSeconds() < 1 || !time.equals(Duration.ofSeconds(time.toSeconds()))) {
            throw new IllegalArgumentException(
                    "\"%s\": expected a duration of whole seconds, such as 30s or 10m"
                            .formatted(text));
        }
        return time;
    }

    private static long memory(String text) {
        long bytes;
        try {
            bytes = ByteSize.parse(text);
        } catch (IllegalArgumentException e) {
            bytes = 0;
        }
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "\"%s\": expected a size, such as 512MiB".formatted(text));
        }
        return bytes;
    }

    private static int count(String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(
                    "\"%s\": expected a whole number from 1".formatted(text));
        }
        return Integer.parseInt(text);
    }
}
