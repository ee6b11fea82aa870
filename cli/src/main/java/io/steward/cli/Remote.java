package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/// Asks another node by a message, as everything between nodes goes.
final class Remote {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Shell shell;
    private final AgentClient agent;

    Remote(Shell shell, AgentClient agent) {
        this.shell = shell;
        this.agent = agent;
    }

    /// Sends a command of `method` that is of no use later, and waits for its end.
    Delivery ask(String node, String method, String... data) {
        Sending sending = new Sending();
        sending.expires = PATIENCE.toSeconds() + "s";
        sending.unordered = true;
        JsonNode body = sending.message(List.of(node), "command", method, List.of(data));
        String id =
                agent.post("/v1/messages", body, Duration.ZERO)
                        .path("messages")
                        .path(0)
                        .path("id")
                        .asText();
        return new Waiter(shell, agent).await(List.of(id), PATIENCE, ended -> {}).getFirst();
    }

    /// @return the exit code
    int print(Delivery answer, Format format) {
        return new Results(shell, format).print(List.of(answer), answer.took());
    }
}
