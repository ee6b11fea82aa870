package io.steward.agent.broker;

import static io.steward.agent.broker.BrokerContract.SHIP;
import static io.steward.agent.broker.BrokerContract.bytes;
import static io.steward.agent.broker.BrokerContract.failure;
import static io.steward.agent.broker.BrokerContract.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.steward.messages.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BrokerPermissionsIT {
    private static final String ACCOUNTS =
            """
            authorization { users = [
              { user: admin, password: "p@ss:w%rd" }
              { user: node, password: secret, permissions {
                  publish { allow: ["ship1.event.>", "ship1.command.shellcommand.allowed"] }
                  subscribe { allow: ["_INBOX_node.>"] } } }
            ] }
            """;

    private static JetStreamBroker connect(TestNats nats, String user, String node) {
        URI url = URI.create("nats://" + user + "@127.0.0.1:" + nats.port());
        return JetStreamBroker.connect(
                TestSettings.broker(url), TestSettings.mailbox(), new NodeName(node));
    }

    @Test
    void whatIsNotPermittedIsSaidAtOnce() throws Exception {
        try (TestNats nats = TestNats.start(ACCOUNTS);
                JetStreamBroker admin = connect(nats, "admin:p%40ss%3Aw%25rd", "admin");
                JetStreamBroker node = connect(nats, "node:secret", "node")) {
            await().until(() -> admin.status().connected() && node.status().connected());
            assertThat(admin.status().url()).doesNotContain("admin");
            admin.mailbox(SHIP);
            assertThat(failure(node.publish(subject(SHIP, "denied"), "m1", bytes("x"))))
                    .isEqualTo(PublishException.Kind.DENIED);
            BrokerException denied =
                    catchThrowableOfType(BrokerException.class, () -> node.mailbox(SHIP));
            assertThat(denied.kind()).isEqualTo(BrokerException.Kind.DENIED);

            // it may publish, and may not ask when the stream was made
            long begin = System.nanoTime();
            Broker.Stored stored =
                    node.publish(subject(SHIP, "allowed"), "m2", bytes("x"))
                            .get(10, TimeUnit.SECONDS);
            assertThat(stored.sequence()).isEqualTo(1);
            assertThat(stored.streamCreated()).isEqualTo(Creations.UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void aWrongPasswordIsTheProblem() {
        try (TestNats nats = TestNats.start(ACCOUNTS);
                JetStreamBroker node = connect(nats, "node:wrong", "node")) {
            await().until(() ->
                    String.valueOf(node.status().problem()).contains("Authorization Violation"));
            assertThat(node.status().problem()).doesNotContain("wrong");
        }
    }
}
