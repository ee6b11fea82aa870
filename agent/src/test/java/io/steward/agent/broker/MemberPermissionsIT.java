package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.steward.agent.identity.Permissions;
import io.steward.messages.NodeName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What somebody cannot do at the broker who has a node's credentials.
@Timeout(60)
class MemberPermissionsIT {
    private static final NodeName SHIP = new NodeName("ship1");

    @TempDir private Path folder;

    /// Publishes on a subject and listens on another as `ship1`, and returns what is refused.
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    private List<String> refused(EmbeddedNats nats, String publish, String listen)
            throws Exception {
        List<String> errors = new CopyOnWriteArrayList<>();
        try (Connection ship = connect(nats.url(), errors)) {
            if (!publish.isEmpty()) {
                ship.publish(publish, "{}".getBytes(StandardCharsets.UTF_8));
            }
            if (!listen.isEmpty()) {
                ship.subscribe(listen);
            }
            ship.flush(Duration.ofSeconds(5));
            // why: what is refused was said before this is answered, and heard by another thread
            ship.flush(Duration.ofSeconds(5));
        }
        return errors;
    }

    private EmbeddedNats server() throws Exception {
        EmbeddedNats nats =
                new EmbeddedNats(
                        folder.resolve("nats"),
                        Path.of(NatsProcess.program()),
                        0,
                        true,
                        "always",
                        TestFleet.keys(folder.resolve("fleet")),
                        "token");
        nats.start();
        return nats;
    }

    private Connection connect(URI url, List<String> errors) throws Exception {
        Path credentials =
                TestFleet.credentials(folder.resolve("fleet"), SHIP, Permissions.member(SHIP));
        return Nats.connect(
                new Options.Builder()
                        .server(url.toString())
                        .authHandler(Nats.credentials(credentials.toString()))
                        .inboxPrefix("_INBOX_ship1")
                        .errorListener(
                                new ErrorListener() {
                                    @Override
                                    public void errorOccurred(Connection from, String error) {
                                        errors.add(error);
                                    }
                                })
                        .build());
    }

    @Test
    void itMayNotPublish() throws Exception {
        List<String> subjects =
                List.of(
                        "$JS.API.STREAM.CREATE.ANY",
                        "$JS.API.STREAM.UPDATE.STEWARD_NODE_ship2",
                        "$JS.API.STREAM.DELETE.STEWARD_NODE_ship2",
                        "$JS.API.STREAM.DELETE.STEWARD_NODE_ship1",
                        "$JS.API.STREAM.PURGE.STEWARD_NODE_ship2",
                        "$JS.API.STREAM.MSG.GET.STEWARD_NODE_ship2",
                        "$JS.API.STREAM.MSG.DELETE.STEWARD_NODE_ship2",
                        "$JS.API.DIRECT.GET.STEWARD_NODE_ship2",
                        "$JS.API.CONSUMER.CREATE.STEWARD_NODE_ship2.mine",
                        "$JS.API.CONSUMER.CREATE.STEWARD_NODE_ship1.other",
                        "$JS.API.CONSUMER.DELETE.STEWARD_NODE_ship2.ship2",
                        "$JS.API.CONSUMER.MSG.NEXT.STEWARD_NODE_ship2.ship2",
                        "$JS.ACK.STEWARD_NODE_ship2.ship2.1.1.1.1.1",
                        "$KV.STEWARD_NODES.ship2",
                        "$KV.STEWARD_FACTS.ship2",
                        "$KV.STEWARD_MEMBERS.ship1",
                        "$KV.STEWARD_MEMBERS.=revoked",
                        "$KV.STEWARD_GROUPS.all",
                        "clusterbus.notify.ship2",
                        "clusterbus.hello.ship2",
                        "modbus.ship2.x",
                        "_INBOX_ship2.x",
                        "$SYS.REQ.CLAIMS.UPDATE",
                        "$SRV.PING");
        try (EmbeddedNats nats = server()) {
            for (String subject : subjects) {
                assertThat(refused(nats, subject, ""))
                        .as(subject)
                        .singleElement()
                        .asString()
                        .contains("Permissions Violation for Publish to \"" + subject + "\"");
            }
        }
    }

    @Test
    void itMayNotListen() throws Exception {
        List<String> subjects =
                List.of(
                        ">",
                        "ship2.>",
                        "ship1.>",
                        "*.command.>",
                        "_INBOX_ship2.>",
                        "_INBOX_central.>",
                        "answer.ship2.>",
                        "answer.>",
                        "modbus.ship2.>",
                        "adopt.request",
                        "$JS.API.>",
                        "$JS.EVENT.ADVISORY.>",
                        "$KV.>",
                        "$SYS.>");
        try (EmbeddedNats nats = server()) {
            for (String subject : subjects) {
                assertThat(refused(nats, "", subject))
                        .as(subject)
                        .singleElement()
                        .asString()
                        .contains("Permissions Violation for Subscription to \"" + subject + "\"");
            }
        }
    }

    @Test
    void itMaySendToAllAndListenOnItsOwn() throws Exception {
        try (EmbeddedNats nats = server()) {
            assertThat(refused(nats, "ship2.command.shellcommand.os", "_INBOX_ship1.>")).isEmpty();
            assertThat(refused(nats, "clusterbus.hello.ship1", "clusterbus.>")).isEmpty();
            assertThat(refused(nats, "adopt.request", "")).isEmpty();
            assertThat(refused(nats, "answer.ship2.x", "answer.ship1.>")).isEmpty();
        }
    }
}
