package io.steward.agent.method;

import io.steward.messages.MessageType;
import io.steward.messages.Subject;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The methods of a node, by type and name. Immutable and thread-safe.
public final class Methods {
    /// What is known of `ack`, which the inbox handles by itself: it is no [Method], but a word of
    /// the same vocabulary.
    public static final MethodSpec ACK =
            new MethodSpec(
                    Subject.ACK_METHOD,
                    MessageType.EVENT,
                    "operatingsystem",
                    "Tells the sender of a message what became of it; sent by nodes, never by"
                            + " people",
                    "",
                    0,
                    0,
                    true,
                    1,
                    null);

    private final Map<Key, Method> methods = new LinkedHashMap<>();
    private final List<MethodSpec> specs;

    private record Key(MessageType type, String name) {}

    /// @throws IllegalArgumentException if two have the same type and name, or one has that of
    ///   [#ACK]
    public Methods(List<Method> methods) {
        for (Method method : methods) {
            MethodSpec spec = method.spec();
            if (key(spec).equals(key(ACK)) || this.methods.put(key(spec), method) != null) {
                throw new IllegalArgumentException(
                        "%s %s is registered twice: expected one method of that name"
                                .formatted(spec.type(), spec.name()));
            }
        }
        specs =
                Stream.concat(Stream.of(ACK), methods.stream().map(Method::spec))
                        .sorted(Comparator.comparing(MethodSpec::name))
                        .toList();
    }

    private static Key key(MethodSpec spec) {
        return new Key(spec.type(), spec.name());
    }

    /// Empty also for `ack`.
    public Optional<Method> find(MessageType type, String name) {
        return Optional.ofNullable(methods.get(new Key(type, name)));
    }

    /// The domain of messages that name none; empty if there is no such method.
    public Optional<String> defaultDomain(MessageType type, String name) {
        return spec(type, name).map(MethodSpec::defaultDomain);
    }

    /// Empty if there is no such method; `ack` has one.
    public Optional<MethodSpec> spec(MessageType type, String name) {
        return specs.stream().filter(spec -> key(spec).equals(new Key(type, name))).findFirst();
    }

    /// All, `ack` included, sorted by name.
    public List<MethodSpec> specs() {
        return specs;
    }

    /// Why a message with that subject and data is not run; empty if it may be.
    public Optional<String> refusal(Subject subject, List<String> data) {
        return spec(subject.type(), subject.method())
                .map(spec -> refusal(spec, data))
                .orElseGet(() -> Optional.of(unknown(subject)));
    }

    private static Optional<String> refusal(MethodSpec spec, List<String> data) {
        int count = data.size();
        if (count >= spec.minArguments() && count <= spec.maxArguments()) {
            return Optional.empty();
        }
        return Optional.of(
                "data: %s takes %s, %d %s given%s"
                        .formatted(
                                spec.name(),
                                range(spec),
                                count,
                                count == 1 ? "was" : "were",
                                spec.arguments().isEmpty()
                                        ? ""
                                        : "; expected " + spec.arguments()));
    }

    private static String range(MethodSpec spec) {
        int least = spec.minArguments();
        int most = spec.maxArguments();
        if (most == Integer.MAX_VALUE) {
            return "at least " + arguments(least);
        }
        return least == most ? arguments(least) : least + " to " + arguments(most);
    }

    private static String arguments(int count) {
        return count == 0 ? "no arguments" : count == 1 ? "1 argument" : count + " arguments";
    }

    private String unknown(Subject subject) {
        MessageType other =
                subject.type() == MessageType.COMMAND ? MessageType.EVENT : MessageType.COMMAND;
        if (spec(other, subject.method()).isPresent()) {
            return "method: %s is of type %s, not %s"
                    .formatted(subject.method(), other, subject.type());
        }
        List<String> known =
                specs.stream()
                        .filter(spec -> spec.type() == subject.type() && !spec.equals(ACK))
                        .map(MethodSpec::name)
                        .toList();
        return "method: this node has no %s \"%s\"; it has %s"
                .formatted(
                        subject.type(),
                        subject.method(),
                        known.isEmpty() ? "none" : String.join(", ", known));
    }
}
