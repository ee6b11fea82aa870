package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.KeyValue;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.Signing;
import io.steward.cli.Steward.Run;
import io.steward.cli.Steward.Running;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Reply;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who has taken over a member has its key and its credentials, and a NATS client. What
/// docs/security.md says that he cannot do is tried here at whole agents; what the broker does not
/// let him do at all is in `MemberPermissionsIT`.
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttackerIT {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final NodeName THIEF = new NodeName("thief");
    private static final Subject TO_SHIP =
            new Subject(SHIP, MessageType.COMMAND, "shellcommand", "os");

    private Path folder;
    private final MessageIds ids = new MessageIds(InstantSource.system());
    private Steward steward;
    private Connection thief;
    private Signing thiefsKey;

    @BeforeAll
    void aMemberIsTakenOver(@TempDir Path temporary) throws Exception {
        folder = temporary;
        steward = new Steward(folder);
        steward.start(
                        "up",
                        "--node",
                        "central",
                        "--data",
                        steward.data("central").toString(),
                        "--broker-port",
                        "0",
                        "--http",
                        "127.0.0.1:0")
                .awaitSaid("Ctrl-C");
        steward.agent("ship1", url());
        takenOver("thief");
        Identity identity = Identity.read(steward.data("thief"));
        thiefsKey = new Signing(identity.key());
        thief = Nats.connect(login("thief"));
    }

    @AfterAll
    void stop() throws Exception {
        thief.close();
        steward.close();
    }

    /// @return the name of the node, whose agent runs no more
    private String takenOver(String node) throws Exception {
        Running taken = steward.agent(node, url());
        taken.process().destroyForcibly().waitFor();
        return node;
    }

    private String url() throws IOException {
        return Files.readString(steward.data("central").resolve("broker/url")).strip();
    }

    private Options login(String node) throws Exception {
        String url = url();
        return new Options.Builder()
                .server("nats://" + url.substring(url.indexOf('@') + 1))
                .authHandler(
                        Nats.credentials(
                                steward.data(node).resolve("identity/node.creds").toString()))
                .inboxPrefix("_INBOX_" + node)
                .maxReconnects(0)
                .build();
    }

    private byte[] command(NodeName from, Subject subject, String... data) {
        return envelope(from, subject, null, null, data);
    }

    private byte[] envelope(
            NodeName from,
            Subject subject,
            @Nullable Reply reply,
            @Nullable Ack ack,
            String... data) {
        Instant now = Instant.now();
        return Envelope.encode(
                new io.steward.messages.Message(
                        ids.next(),
                        from,
                        subject,
                        List.of(data),
                        now,
                        now.plus(Duration.ofHours(1)),
                        Duration.ofSeconds(30),
                        0,
                        null,
                        true,
                        OnInterrupt.AUTO,
                        1,
                        reply,
                        Map.of(),
                        false,
                        ack));
    }

    private void publish(Subject subject, Map<String, String> signed, byte[] payload) {
        Headers headers = new Headers();
        signed.forEach((name, value) -> headers.put(name, value));
        thief.publish(subject.toString(), headers, payload);
    }

    private void isRefusedBecause(String why) {
        await(why)
                .atMost(Steward.LONG)
                .untilAsserted(() ->
                        assertThat(steward.runAt("ship1", "errors", "-o", "json").out())
                                .contains(why));
    }

    @Test
    void whoHasAMembersKeyCommandsNobodyElse() throws Exception {
        Path mark = folder.resolve("run-by-the-thief");
        String[] touch = {"touch", mark.toString()};

        byte[] asItself = command(THIEF, TO_SHIP, touch);
        publish(TO_SHIP, thiefsKey.headers(TO_SHIP.toString(), asItself), asItself);
        isRefusedBecause("what thief sent is refused: no rule");

        byte[] forged = command(CENTRAL, TO_SHIP, touch);
        publish(TO_SHIP, Map.of(), forged);
        isRefusedBecause("it is not signed");

        publish(TO_SHIP, thiefsKey.headers(TO_SHIP.toString(), forged), forged);
        isRefusedBecause("central is not known to have the key");

        Message mine = whatCentralSends("thief", "true");
        publish(TO_SHIP, signature(mine), mine.getData());
        isRefusedBecause("the envelope is for subject thief.command.shellcommand.");
        byte[] changed =
                new String(mine.getData(), StandardCharsets.UTF_8)
                        .replace("\"to\":\"thief\"", "\"to\":\"ship1\"")
                        .replace("\"true\"", "\"touch\",\"%s\"".formatted(mark))
                        .getBytes(StandardCharsets.UTF_8);
        Subject sameMethod =
                new Subject(
                        SHIP,
                        MessageType.COMMAND,
                        "shellcommand",
                        mine.getSubject().split("\\.")[3]);
        publish(sameMethod, signature(mine), changed);
        isRefusedBecause("central has not signed it");

        thief.publish("$JS.API.INFO", TO_SHIP.toString(), new byte[0]);
        isRefusedBecause("opening a message on ship1.command.shellcommand.os");

        Run honest = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "honest");
        assertThat(honest.out()).as(honest.err()).contains("honest");
        assertThat(mark).doesNotExist();
    }

    @Test
    void whatIsOverheardRunsOnceAndOnlyWhereItWasMeantFor() throws Exception {
        Path ran = folder.resolve("ran");
        String line = "echo ran >> " + ran;
        Message overheard = whatCentralSends("ship1", "sh", "-c", line);
        await().atMost(Steward.LONG).until(() -> Files.exists(ran));
        for (int i = 0; i < 3; i++) {
            thief.publish(
                    overheard.getSubject(), headers(signature(overheard)), overheard.getData());
        }
        Run after = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "after");
        assertThat(after.out()).as(after.err()).contains("after");
        assertThat(ran).hasContent("ran");
    }

    @Test
    void whoIsRevokedIsOutAtOnceAndWhatHeSentCountsNoMore() throws Exception {
        Connection spy = Nats.connect(login(takenOver("spy")));
        Run revoked = steward.run("adopt", "revoke", "spy", "--reason", "stolen");
        assertThat(revoked.exit()).as(revoked.err()).isZero();
        await().atMost(Steward.LONG).until(() -> spy.getStatus() != Connection.Status.CONNECTED);
        Options login = login("spy");
        assertThatThrownBy(() -> Nats.connect(login)).isInstanceOf(AuthenticationException.class);
    }

    @Test
    void nobodyIsMadeToSendWhatHeMayNotSendHimself() throws Exception {
        Path mark = folder.resolve("run-by-a-reply");
        Subject event = new Subject(SHIP, MessageType.EVENT, "textlogging", "x");
        byte[] asking =
                envelope(
                        THIEF,
                        event,
                        new Reply(SHIP, "shellcommand", null, List.of("touch", mark.toString())),
                        null,
                        "hello");
        publish(event, thiefsKey.headers(event.toString(), asking), asking);
        isRefusedBecause("no rule of its policy allows its reply");
        assertThat(mark).doesNotExist();
    }

    @Test
    void onlyWhoRunsAMessageSaysHowItHasEnded() throws Exception {
        Run sent = steward.run("send-command", "ship1", "--detach", "--", "sleep", "3");
        MessageId id = new MessageId(sent.out().strip());
        Subject ack = new Subject(CENTRAL, MessageType.EVENT, "ack", "operatingsystem");
        byte[] forged =
                envelope(THIEF, ack, null, Ack.of(id, SHIP, State.SUCCEEDED, "by the thief"));
        publish(ack, thiefsKey.headers(ack.toString(), forged), forged);
        await().atMost(Steward.LONG)
                .untilAsserted(() ->
                        assertThat(steward.run("errors", "-o", "json").out())
                                .contains("thief says how a message to ship1 has ended"));
        assertThat(steward.run("status", id.value(), "--wait", "60s").out())
                .doesNotContain("by the thief");
    }

    @Test
    void whoIsAskedMayNotAnswerWhereverHeLikes() throws Exception {
        Subscription own = thief.subscribe("clusterbus.ping.thief");
        thief.publish("clusterbus.ping.thief", "$JS.API.STREAM.PURGE.STEWARD_NODE_ship1", null);
        Message question = own.nextMessage(Duration.ofSeconds(5));
        thief.publish(question.getReplyTo(), new byte[0]);
        thief.flush(Duration.ofSeconds(5));
        await().atMost(Steward.LONG)
                .until(() ->
                        String.valueOf(thief.getLastError())
                                .toLowerCase(Locale.ROOT)
                                .contains("stream.purge.steward_node_ship1"));
    }

    @Test
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    void aRowThatTheBrokerWasMadeToOverwriteIsMended() throws Exception {
        try (Connection wire = Nats.connect(login("central"))) {
            KeyValue rows = wire.keyValue("STEWARD_MEMBERS");
            String before = rows.get("central").getValueAsString();
            long revision = rows.get("central").getRevision();
            thief.publish("$JS.API.INFO", "$KV.STEWARD_MEMBERS.central", new byte[0]);
            await().atMost(Steward.LONG)
                    .until(() ->
                            rows.get("central").getRevision() > revision + 1
                                    && rows.get("central").getValueAsString().equals(before));
        }
    }

    private static Map<String, String> signature(Message message) {
        return Map.of(
                Signing.KEY, message.getHeaders().getFirst(Signing.KEY),
                Signing.SIGNATURE, message.getHeaders().getFirst(Signing.SIGNATURE));
    }

    private static Headers headers(Map<String, String> values) {
        Headers headers = new Headers();
        values.forEach((name, value) -> headers.put(name, value));
        return headers;
    }

    /// What somebody who sees all that goes over the broker would see of it.
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    private Message whatCentralSends(String node, String... command) throws Exception {
        try (Connection wire = Nats.connect(login("central"))) {
            BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
            Dispatcher dispatcher = wire.createDispatcher(seen::add);
            dispatcher.subscribe(node + ".command.>");
            wire.flush(Duration.ofSeconds(5));
            String[] send = new String[command.length + 4];
            send[0] = "send-command";
            send[1] = node;
            send[2] = "--detach";
            send[3] = "--";
            System.arraycopy(command, 0, send, 4, command.length);
            Run sent = steward.run(send);
            assertThat(sent.exit()).as(sent.err()).isZero();
            Message message = seen.poll(30, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return message;
        }
    }

    @Test
    void nobodyReadsOrChangesWhatIsOfOthers() throws Exception {
        for (String listened :
                List.of("ship1.>", "_INBOX_central.>", "$JS.API.>", "adopt.request")) {
            Subscription subscription = thief.subscribe(listened);
            thief.flush(Duration.ofSeconds(5));
            Run sent = steward.run("send-command", "ship1", "--wait", "60s", "--", "true");
            assertThat(sent.exit()).as(sent.err()).isZero();
            assertThat(subscription.nextMessage(Duration.ofMillis(200))).as(listened).isNull();
        }
        byte[] row = "not by the fleet".getBytes(StandardCharsets.UTF_8);
        thief.publish("$KV.STEWARD_MEMBERS.central", row);
        thief.publish("$KV.STEWARD_MEMBERS.=revoked", row);
        thief.publish("$JS.API.STREAM.DELETE.STEWARD_NODE_ship1", new byte[0]);
        thief.publish("$JS.API.STREAM.PURGE.KV_STEWARD_MEMBERS", new byte[0]);
        thief.flush(Duration.ofSeconds(5));
        Run honest = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "honest");
        assertThat(honest.out()).as(honest.err()).contains("honest");
    }
}
