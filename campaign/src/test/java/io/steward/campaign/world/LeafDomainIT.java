package io.steward.campaign.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.broker.Mailbox;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A mailbox in the JetStream domain of a leaf node, as those at the hub see it.
@Timeout(60)
class LeafDomainIT {
    private static final NodeName SHIP = new NodeName("ship1");

    @TempDir Path folder;

    @Test
    void aMailboxInAnotherDomainIsLookedIntoAndMessagesAreTakenBackFromIt() throws Exception {
        try (LeafSite site =
                new LeafSite(Programs.natsServer(), folder, "", LeafSite.Mailboxes.AT_THE_LEAF)) {
            site.start();
            try (JetStreamBroker central = connect(site.hub(), "central", null);
                    JetStreamBroker ship = connect(site.edge(), "ship1", "edge")) {
                await().until(() -> central.status().connected() && ship.status().connected());
                Mailbox mailbox = ship.mailbox(SHIP);
                await().ignoreExceptions().until(() -> publish(central, "m1").sequence() == 1);
                Broker.Stored stored = publish(central, "m2");
                assertThat(stored.sequence()).isEqualTo(2);
                Broker.Look look = central.look(SHIP, List.of(1L, 2L));
                assertThat(look.exists()).isTrue();
                assertThat(look.present()).containsExactlyInAnyOrder(1L, 2L);
                assertThat(look.streamCreated()).isEqualTo(stored.streamCreated());
                assertThat(central.takeBack(SHIP, 2)).isTrue();
                assertThat(mailbox.fetch(10, Duration.ofSeconds(5)))
                        .extracting(each -> new String(each.payload(), UTF_8))
                        .containsExactly("m1");

                site.link().cut();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> problem(central) == BrokerException.Kind.UNREACHABLE);
            }
        }
    }

    private static BrokerException.Kind problem(Broker broker) {
        return catchThrowableOfType(BrokerException.class, () -> broker.look(SHIP, List.of(1L)))
                .kind();
    }

    private static Broker.Stored publish(Broker broker, String id) throws Exception {
        Subject subject = new Subject(SHIP, MessageType.COMMAND, "shellcommand", "a");
        return broker.publish(subject, id, id.getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
    }

    private static JetStreamBroker connect(
            Brokers.Place place, String node, @Nullable String domain) {
        return JetStreamBroker.connect(
                new BrokerSettings(
                        place.urls(), null, null, false, 0, true, null, "always", domain, null),
                new MailboxSettings(1_000, 1 << 20, Duration.ofDays(8), Duration.ofMinutes(2), 1),
                new NodeName(node));
    }
}
