package io.steward.cli;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// One message from the first step to the last, for someone who sees it for the first time.
final class Outcome {
    private final Shell shell;

    Outcome(Shell shell) {
        this.shell = shell;
    }

    void print(Delivery message) {
        shell.say(
                "%s to %s: %s %s"
                        .formatted(
                                message.id(),
                                message.node(),
                                message.method(),
                                Lines.data(message.message())));
        Instant first = null;
        for (Map.Entry<String, Instant> state : message.states().entrySet()) {
            first = first == null ? state.getValue() : first;
            shell.say(
                    "  %-10s after %s"
                            .formatted(
                                    state.getKey(),
                                    Times.length(Duration.between(first, state.getValue()))));
        }
        if (message.json().path("ack").hasNonNull("durationMs")) {
            shell.say(
                    "  it ran for %s"
                            .formatted(
                                    Times.length(
                                            Duration.ofMillis(
                                                    message.json()
                                                            .path("ack")
                                                            .path("durationMs")
                                                            .asLong()))));
        }
        for (byte[] output : List.of(message.stdout(), message.stderr())) {
            new String(output, StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> shell.say("  | " + line));
        }
        shell.say(
                message.exitCode()
                        .map(code -> "  exit code " + code)
                        .orElse("  " + message.outcome()));
    }
}
