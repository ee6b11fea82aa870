package io.steward.agent.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.fleet.RollCall;
import io.steward.agent.http.AgentInfo;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.method.NodeTags;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.settings.Settings;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Says hello whenever there is a new connection to the broker, and from time to time: to those
/// that something waits at for this node ([Awaited]), so that it goes out at once, and, if this is
/// not the central node, as an event to that.
final class Presence implements ProcessBody<Presence.Changed> {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final Duration LIFE = Duration.ofMinutes(30);

    /// Its own name follows.
    static final String SUBJECT = "clusterbus.hello.";

    /// The connection has changed.
    record Changed() {}

    private final Settings settings;
    private final String version;
    private final Broker broker;
    private final MessageOutbox outbox;
    private final Instant startedAt;

    Presence(
            Settings settings,
            String version,
            Broker broker,
            MessageOutbox outbox,
            Instant startedAt) {
        this.settings = settings;
        this.version = version;
        this.broker = broker;
        this.outbox = outbox;
        this.startedAt = startedAt;
    }

    /// Answers to the whole fleet's ping and to one of its own, until the returned handle is
    /// closed.
    static AutoCloseable answerPings(Broker broker, NodeName self, AgentInfo info) {
        return broker.answer(
                RollCall.EVERYBODY,
                _ ->
                        JSON.createObjectNode()
                                .put("node", self.value())
                                .put("version", info.version())
                                .put("startedAt", info.startedAt().toString())
                                .put("clockAheadMs", broker.clockAhead().toMillis())
                                .toString()
                                .getBytes(StandardCharsets.UTF_8));
    }

    /// What a node says of itself in its row.
    static ObjectNode about(NodeTags.Tags tags, Settings settings) {
        return tags.toJson().put("heartbeatMs", (int) settings.fleet().heartbeat().toMillis());
    }

    @Override
    public void run(ProcessContext<Changed> context) throws Exception {
        Instant greeted = Instant.EPOCH;
        while (true) {
            Broker.Status status = broker.status();
            if (status.connected() && !status.since().equals(greeted)) {
                greeted = status.since();
                sayHello(context);
            }
            switch (context.receive(EVERY)) {
                case Received.Stop<Changed>() -> {
                    return;
                }
                case Received.TimedOut<Changed>() -> {
                    if (broker.status().connected()) {
                        sayHello(context);
                    }
                }
                case Received.Item<Changed> _ -> {}
            }
        }
    }

    private void sayHello(ProcessContext<Changed> context) throws Exception {
        NodeName self = settings.node();
        broker.say(SUBJECT + self, self.value().getBytes(StandardCharsets.UTF_8));
        if (!self.equals(settings.central())) {
            outbox.say(hello());
        }
        context.handled(1);
    }

    private MessageRequest hello() {
        return new MessageRequest(
                0,
                0,
                List.of(settings.central()),
                MessageType.EVENT,
                "hello",
                null,
                List.of(facts()),
                Message.DEFAULT_ACK_TIMEOUT,
                0,
                null,
                new Expiry.After(LIFE),
                true,
                OnInterrupt.AUTO,
                Message.DEFAULT_MAX_ATTEMPTS,
                null,
                Map.of(),
                false,
                null);
    }

    private String facts() {
        ObjectNode facts = JSON.createObjectNode();
        facts.put("version", version);
        facts.put("startedAt", startedAt.toString());
        facts.put("os", System.getProperty("os.name"));
        facts.put("arch", System.getProperty("os.arch"));
        facts.put("java", Runtime.version().toString());
        return facts.toString();
    }
}
