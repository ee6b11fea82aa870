package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.Agent;
import io.steward.agent.http.ApiToken;
import java.io.IOException;
import java.time.Duration;

/// Whether an agent that was just started has its broker and its name. It needs neither to take
/// messages, so that is only told.
final class Readiness {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Readiness() {}

    static AgentClient client(Agent agent) throws IOException {
        return new AgentClient(
                new AgentAddress(agent.apiUrl(), ApiToken.read(agent.settings().data())));
    }

    /// How the agent is, when it is connected or a moment has passed.
    static JsonNode await(AgentClient client) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode status = look(client);
        while (!isConnected(status) && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
            status = look(client);
        }
        return status;
    }

    /// What only tells how it is must not end it.
    private static JsonNode look(AgentClient client) {
        try {
            return client.get("/v1/status");
        } catch (CliException e) {
            return Json.object();
        }
    }

    private static boolean isConnected(JsonNode status) {
        return status.path("broker").path("connected").asBoolean();
    }

    /// `is ready: broker nats://...`, or that it is not connected, and why.
    ///
    /// @param urls where the broker is looked for
    static String text(JsonNode status, String urls) {
        JsonNode broker = status.path("broker");
        if (isConnected(status)) {
            return "is ready: broker " + (urls.isEmpty() ? broker.path("url").asText() : urls);
        }
        return "is ready to take messages, but not connected%s: %s (it goes on trying)"
                .formatted(
                        urls.isEmpty() ? "" : " to the broker " + urls,
                        broker.path("problem").asText("no connection yet"));
    }
}
