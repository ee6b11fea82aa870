package io.steward.agent.app;

import io.steward.agent.adoption.Registrar;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.SystemAccount;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.Permissions;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Of the one agent that has the keys of the fleet: it is a member by its own signature, decides
/// who else is, and has the broker and all nodes hear of it.
final class FleetOffice {
    private static final Logger log = LoggerFactory.getLogger(FleetOffice.class);
    private static final String ROWS = "$KV.STEWARD_MEMBERS.>";
    private static final Duration LOOK = Duration.ofMillis(500);

    private final FleetKeys keys;
    private final Identity identity;
    private final Registrar registrar;
    private final AtBroker atBroker;
    private final AtomicBoolean told = new AtomicBoolean();

    private FleetOffice(FleetKeys keys, Identity identity, Registrar registrar, AtBroker atBroker) {
        this.keys = keys;
        this.identity = identity;
        this.registrar = registrar;
        this.atBroker = atBroker;
    }

    /// Makes the keys where there are none.
    ///
    /// @param witness of what is decided about the members
    /// @throws IOException if they cannot be read or made; the message names the file
    static FleetOffice open(Settings settings, Registrar.Witness witness) throws IOException {
        FleetKeys keys = FleetKeys.of(FleetKeys.folder(settings.data()), InstantSource.system());
        AtBroker atBroker = new AtBroker();
        Registrar registrar =
                new Registrar(
                        FleetKeys.folder(settings.data()),
                        keys,
                        settings.node(),
                        atBroker,
                        witness,
                        InstantSource.system());
        return new FleetOffice(keys, own(settings, keys), registrar, atBroker);
    }

    /// Where the keys are there, for a broker of one's own that was set up with them.
    ///
    /// @return null where this agent has no keys of a fleet, or logs in otherwise
    static @Nullable FleetOffice find(Settings settings, Registrar.Witness witness)
            throws IOException {
        if ((settings.broker().creds() != null && !isOwn(settings))
                || !FleetKeys.areIn(FleetKeys.folder(settings.data()))) {
            return null;
        }
        FleetOffice office = open(settings, witness);
        office.at(settings.broker());
        return office;
    }

    private static boolean isOwn(Settings settings) {
        return Identity.credentials(settings.data()).equals(settings.broker().creds());
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

    /// Where the broker is that is to hear of changes.
    void at(BrokerSettings broker) throws IOException {
        atBroker.system.set(new SystemAccount(broker, keys.systemCredentials()));
    }

    /// Who is a member of the fleet is decided here from now on, until the returned handle is
    /// closed.
    AutoCloseable admit(Broker broker) {
        atBroker.broker.set(broker);
        AutoCloseable answering = broker.answer(Permissions.JOIN, registrar::answer);
        AutoCloseable watching =
                broker.answer(
                        ROWS,
                        row -> {
                            if (!registrar.isRow(row)) {
                                log.warn(
                                        "a row of the members was overwritten by somebody: it is"
                                                + " mended");
                                told.set(false);
                            }
                            return new byte[0];
                        });
        return () -> {
            watching.close();
            answering.close();
        };
    }

    /// Tells of the members after each start, and again when a row was overwritten.
    ProcessBody<Void> tellOfMembers() {
        return context -> {
            do {
                try {
                    if (!told.getAndSet(true)) {
                        registrar.tell(identity.membership());
                    }
                } catch (BrokerException e) {
                    told.set(false);
                    log.debug("the members are told of later: {}", e.getMessage());
                }
            } while (!(context.receive(LOOK) instanceof Received.Stop));
        };
    }

    FleetKeys keys() {
        return keys;
    }

    Identity identity() {
        return identity;
    }

    Registrar registrar() {
        return registrar;
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
}
