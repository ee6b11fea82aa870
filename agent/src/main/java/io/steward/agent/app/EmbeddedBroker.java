package io.steward.agent.app;

import io.steward.agent.adoption.Registrar;
import io.steward.agent.broker.EmbeddedNats;
import io.steward.agent.kernel.Incident;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.BrokerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nats-server of an agent that has one of its own, and the watch over it.
final class EmbeddedBroker implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(500);

    private final EmbeddedNats nats;
    private final BrokerSettings settings;
    private final FleetOffice office;

    private EmbeddedBroker(EmbeddedNats nats, BrokerSettings settings, FleetOffice office) {
        this.nats = nats;
        this.settings = settings;
        this.office = office;
    }

    /// Starts it, and waits until it takes connections.
    ///
    /// @param witness of what is decided about the members of the fleet
    static EmbeddedBroker start(Settings settings, Registrar.Witness witness)
            throws IOException, InterruptedException {
        BrokerSettings broker = settings.broker();
        Path program = broker.embeddedProgram();
        FleetOffice office = FleetOffice.open(settings, witness);
        EmbeddedNats nats =
                new EmbeddedNats(
                        settings.data().resolve("broker"),
                        program == null ? EmbeddedNats.find(script()) : program,
                        broker.embeddedPort(),
                        broker.embeddedPortIsFixed(),
                        broker.embeddedSync(),
                        office.keys(),
                        office.registrar().localToken());
        try {
            nats.start();
        } catch (IOException | InterruptedException e) {
            nats.close();
            throw e;
        }
        BrokerSettings there =
                new BrokerSettings(
                        List.of(nats.url()),
                        office.identity().credentials(),
                        null,
                        true,
                        broker.embeddedPort(),
                        broker.embeddedPortIsFixed(),
                        program,
                        broker.embeddedSync(),
                        broker.domain(),
                        null);
        office.at(there);
        return new EmbeddedBroker(nats, there, office);
    }

    /// Where to find it, for the agent's own connection.
    BrokerSettings settings() {
        return settings;
    }

    /// Who is a member of its fleet is decided there.
    FleetOffice office() {
        return office;
    }

    /// Starts it again when it has ended. A new body begins by looking, so a restart does no harm.
    ProcessBody<Void> watch() {
        return this::restartWhenEnded;
    }

    private void restartWhenEnded(ProcessContext<Void> context) throws Exception {
        while (!(context.receive(LOOK) instanceof Received.Stop)) {
            if (!nats.isRunning()) {
                String last = nats.lastWords();
                nats.start();
                context.handled(1);
                context.tell(
                        Severity.WARNING,
                        "watching the embedded nats-server",
                        new Incident(
                                "it had ended and was started again; the last it said: " + last));
            }
        }
    }

    @Override
    public void close() {
        nats.close();
    }

    /// `bin/nats-server` of the installation.
    private static Path script() throws IOException {
        @Nullable String root = System.getenv("STEWARD_ROOT");
        Path script =
                Path.of(
                        root == null ? System.getProperty("steward.root", "") : root,
                        "bin",
                        "nats-server");
        if (!Files.isExecutable(script)) {
            throw new IOException(
                    "no program for the embedded nats-server: there is no %s; name one with the setting broker.program"
                            .formatted(script.toAbsolutePath()));
        }
        return script;
    }
}
