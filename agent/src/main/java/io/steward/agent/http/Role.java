package io.steward.agent.http;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What the holder of a token may do; each may do all that those before it may.
enum Role {
    /// Reads, outputs of commands too.
    VIEWER,
    /// Has nodes do things: messages, runs, notices, schedules, groups, maintenance, cancels.
    OPERATOR,
    /// Says who may do what: adopts machines, makes tokens, join tokens and clients.
    ADMIN;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /// @throws IllegalArgumentException if there is none; the message says which there are
    static Role of(String word) {
        return Stream.of(values())
                .filter(role -> role.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "\"%s\" is no role: expected one of %s"
                                        .formatted(word, String.join(", ", words()))));
    }

    private static List<String> words() {
        return Stream.of(values()).map(Role::word).toList();
    }
}
