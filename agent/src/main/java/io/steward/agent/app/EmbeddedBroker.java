package io.steward.agent.app;

import io.steward.agent.adoption.Registrar;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.EmbeddedNats;
import io.steward.agent.broker.SystemAccount;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.Permissions;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Sentence;
import io.steward.agent.kernel.Severity;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The nats-server of an agent that has one of its own, and the watch over it.
final class EmbeddedBroker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    /// The server was gone.
    private static final class Ended extends Exception implements Sentence {
        private static final long serialVersionUID = 1L;

        Ended(String message) {
            super(message, null, false, false);
        }
    }

    private final EmbeddedNats nats;
    private final BrokerSettings settings;
    private final Identity identity;
    private final Registrar registrar;
    private final AtBroker atBroker;

    private EmbeddedBroker(
            EmbeddedNats nats,
            BrokerSettings settings,
            Identity identity,
            Registrar registrar,
            AtBroker atBroker) {
        this.nats = nats;
        this.identity = identity;
        this.settings = settings;
        this.registrar = registrar;
        this.atBroker = atBroker;
    }

    /// What the registrar has the broker do.
    private static final class AtBroker implements Registrar.AtBroker {
        private final AtomicReference<@Nullable Broker> broker = new AtomicReference<>();
        private final AtomicReference<@Nullable SystemAccount> system = new AtomicReference<>();

        @Override
        public void makeMailbox(NodeName node) throws BrokerException, InterruptedException {
            Broker there = there(broker);
            // why: a member may read what all share, and make none of it
            for (Bucket.Kind kind : Bucket.Kind.values()) {
                var _ = there.bucket(kind).find(node.value());
            }
            var _ = there.clusterBus().state();
            there.makeMailbox(node);
        }

        @Override
        public void keep(String key, String row) throws BrokerException, InterruptedException {
            byte[] value = row.getBytes(StandardCharsets.UTF_8);
            Bucket bucket = there(broker).bucket(Bucket.Kind.MEMBERS);
            boolean kept = false;
            while (!kept) {
                Optional<Bucket.Row> there = bucket.find(key);
                kept =
                        there.filter(known -> Arrays.equals(known.value(), value)).isPresent()
                                || bucket.write(
                                                key,
                                                value,
                                                there.map(Bucket.Row::revision).orElse(0L))
                                        .isPresent();
            }
        }

        @Override
        public void revoke(String account) throws BrokerException, InterruptedException {
            there(system).update(account);
        }

        private static <T> T there(AtomicReference<@Nullable T> reference) throws BrokerException {
            T set = reference.get();
            if (set == null) {
                throw new BrokerException(
                        BrokerException.Kind.UNREACHABLE, "this agent is only starting");
            }
            return set;
        }
    }

    /// Starts it, and waits until it takes connections.
    ///
    /// @param witness of what is decided about the members of the fleet
    static EmbeddedBroker start(Settings settings, Registrar.Witness witness)
            throws IOException, InterruptedException {
        BrokerSettings broker = settings.broker();
        Path program = broker.embeddedProgram();
        FleetKeys fleet = FleetKeys.of(settings.data().resolve("fleet"), InstantSource.system());
        AtBroker atBroker = new AtBroker();
        Registrar registrar =
                new Registrar(
                        settings.data().resolve("fleet"),
                        fleet,
                        settings.node(),
                        atBroker,
                        witness,
                        InstantSource.system());
        EmbeddedNats nats =
                new EmbeddedNats(
                        settings.data().resolve("broker"),
                        program == null ? EmbeddedNats.find(script()) : program,
                        broker.embeddedPort(),
                        broker.embeddedPortIsFixed(),
                        broker.embeddedSync(),
                        fleet,
                        registrar.localToken());
        try {
            nats.start();
        } catch (IOException | InterruptedException e) {
            nats.close();
            throw e;
        }
        atBroker.system.set(new SystemAccount(nats.url(), fleet.systemCredentials()));
        Identity identity = own(settings, fleet);
        return new EmbeddedBroker(
                nats,
                new BrokerSettings(
                        List.of(nats.url()),
                        identity.credentials(),
                        true,
                        broker.embeddedPort(),
                        broker.embeddedPortIsFixed(),
                        program,
                        broker.embeddedSync(),
                        broker.domain(),
                        null),
                identity,
                registrar,
                atBroker);
    }

    /// Of the node that has the fleet's keys: it may do all.
    private static Identity own(Settings settings, FleetKeys fleet) throws IOException {
        return Identity.keep(
                settings.data(),
                fleet.member(
                        settings.node(),
                        settings.node(),
                        Identity.key(settings.data()).known(),
                        Permissions.all(),
                        settings.fleet().cloud(),
                        settings.fleet().tags(),
                        null));
    }

    /// Where to find it, for the agent's own connection.
    BrokerSettings settings() {
        return settings;
    }

    /// Who is a member of the fleet is decided here from now on, until the returned handle is
    /// closed.
    AutoCloseable admit(Broker broker) {
        atBroker.broker.set(broker);
        return broker.answer(Permissions.JOIN, registrar::answer);
    }

    /// Tells of the members after each start.
    ProcessBody<Void> tellOfMembers() {
        return context -> {
            boolean told = false;
            do {
                try {
                    if (!told) {
                        registrar.tell(identity.membership());
                        told = true;
                    }
                } catch (BrokerException e) {
                    log.debug("the members are told of later: {}", e.getMessage());
                }
            } while (!(context.receive(told ? Duration.ofDays(1) : LOOK) instanceof Received.Stop));
        };
    }

    Identity identity() {
        return identity;
    }

    Registrar registrar() {
        return registrar;
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
                        new Ended("it had ended and was started again; the last it said: " + last));
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
