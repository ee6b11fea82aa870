package io.steward.agent.intake;

import java.util.List;
import java.util.stream.Collectors;

/// Inputs for tests.
final class Text {
    private Text() {}

    /// An array of messages, one for each word.
    static String of(String... words) {
        return List.of(words).stream()
                .map(word ->
                        """
                        {"toNode": "ship1", "commandOrEvent": "event", "method": "textlogging", "data": ["%s"]}\
                        """
                                .formatted(word))
                .collect(Collectors.joining(", ", "[", "]\n"));
    }
}
