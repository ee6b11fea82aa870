package io.steward.agent.method;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Answers with the node's name, version, time and uptime.
public final class Ping implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "ping",
                    MessageType.COMMAND,
                    "presence",
                    "Answers with the node's name, version, time and uptime",
                    "",
                    0,
                    0,
                    true,
                    1,
                    null);

    private final String version;
    private final Instant startedAt;

    /// @param version of the agent
    /// @param startedAt when the agent was started
    public Ping(String version, Instant startedAt) {
        this.version = version;
        this.startedAt = startedAt;
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) {
        Instant now = context.clock().instant();
        ObjectNode pong = Json.MAPPER.createObjectNode();
        pong.put("node", context.node().value());
        pong.put("version", version);
        pong.put("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
        pong.put("uptimeMs", Duration.between(startedAt, now).toMillis());
        return Outcome.succeeded(Json.text(pong) + "\n");
    }
}
