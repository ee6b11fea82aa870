package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.facts.Facts;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that keeps what the cluster knows of this node's machine up to date: it looks every
/// minute, and writes when it has become another, and after each new connection.
public final class FactsKeeper implements ProcessBody<FactsKeeper.Changed> {
    private static final Logger log = LoggerFactory.getLogger(FactsKeeper.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration EVERY = Duration.ofMinutes(1);

    /// After a failure; the broker may be about to start.
    private static final Duration SOON = Duration.ofSeconds(10);

    /// The connection has changed.
    public record Changed() {}

    private final NodeName self;
    private final Broker broker;
    private final Supplier<Facts> source;
    private final InstantSource clock;
    private @Nullable Facts written;
    private Instant connection = Instant.EPOCH;

    /// @param source gathers the facts, and may take a few seconds for it
    public FactsKeeper(NodeName self, Broker broker, Supplier<Facts> source, InstantSource clock) {
        this.self = self;
        this.broker = broker;
        this.source = source;
        this.clock = clock;
    }

    @Override
    public void run(ProcessContext<Changed> context) throws Exception {
        Duration wait = Duration.ZERO;
        while (!(context.receive(wait) instanceof Received.Stop)) {
            wait = EVERY;
            Broker.Status status = broker.status();
            if (!status.connected()) {
                continue;
            }
            boolean anotherConnection = !status.since().equals(connection);
            Facts now = source.get();
            if (!anotherConnection && written != null && !now.differsNotably(written)) {
                continue;
            }
            try {
                write(now);
                written = now;
                connection = status.since();
                context.handled(1);
            } catch (BrokerException e) {
                log.debug("the facts of this node are not written: {}", e.getMessage());
                wait = SOON;
            }
        }
    }

    private void write(Facts facts) throws BrokerException, InterruptedException {
        ObjectNode json = JSON.createObjectNode();
        json.put("at", clock.instant().toString());
        json.set("facts", facts.toJson());
        Roster.put(
                broker.bucket(Bucket.Kind.FACTS),
                self.value(),
                json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
