package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.method.Cancel;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.TestOutbox;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Policy;
import io.steward.agent.settings.Settings;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that has more to do than it may have: five messages unfinished, and memory for one.
class FullInboxTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final int MOST = 5;

    @TempDir Path folder;

    private final InstantSource clock = InstantSource.system();
    private final FakeBroker centralsBroker = new FakeBroker(clock);
    private final FakeBroker broker = centralsBroker.another();
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final SystemTime time = new SystemTime();
    private final MessageIds ids = new MessageIds(clock);
    private final ScriptedMethods methods = new ScriptedMethods();
    private final ErrorKernel kernel =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final MessageOutbox outbox =
            TestOutbox.of(
                    SHIP,
                    kernel.root().supervisor(SupervisorSpec.of("outbox")),
                    journal,
                    broker,
                    clock,
                    ids);
    private MessageInbox inbox;

    @BeforeEach
    void begin() throws Exception {
        centralsBroker.mailbox(CENTRAL);
        broker.mailbox(SHIP);
        Settings settings =
                ShipSettings.in(folder, Map.of("journal.maxUnfinished", String.valueOf(MOST)));
        assertThat(settings.journal().maxUnfinished()).isEqualTo(MOST);
        inbox =
                new MessageInbox(
                        settings,
                        kernel.root().supervisor(SupervisorSpec.of("inbox")),
                        journal,
                        broker,
                        outbox,
                        methods.registry(new Cancel((id, _) -> inbox.cancel(id))),
                        new NoLeftovers(),
                        clock,
                        () -> Duration.ZERO,
                        "boot",
                        Signatures.none(),
                        Admission.by(Policy.open()),
                        1_500);
        outbox.start();
        inbox.start();
    }

    @AfterEach
    void stop() {
        methods.release();
        inbox.shutDown();
        kernel.close();
        inbox.close();
        time.close();
        journal.close();
    }

    @Test
    void answersAndACancelGetThroughWhileItIsFullAndTheRestEndsInOrder() throws Exception {
        List<Message> flood = flood(MOST);
        List<Message> waiting = flood(20);
        MessageId sent =
                outbox.submit(null, List.of(request(CENTRAL, "echo", "from the ship")))
                        .ids()
                        .getFirst();
        await().until(() -> journal.sent(sent).orElseThrow().state() == State.PUBLISHED);
        Message theSent = journal.sent(sent).orElseThrow().message();
        publish(
                Message.ofAck(
                        ids.next(),
                        CENTRAL,
                        theSent,
                        Ack.of(sent, CENTRAL, State.SUCCEEDED, null),
                        Instant.now()));
        await().until(() -> journal.sent(sent).orElseThrow().state() == State.SUCCEEDED);

        Message third = flood.get(3);
        Message cancel = message("cancel", third.id().value());
        publish(cancel);
        awaitState(third, State.CANCELLED);
        awaitState(cancel, State.SUCCEEDED);

        // one has ended, so one batch more was taken; nothing of it may run before its turn
        methods.release();
        for (Message message : waiting) {
            awaitState(message, State.SUCCEEDED);
        }
        List<String> expected = new ArrayList<>();
        flood.stream()
                .filter(each -> !each.equals(third))
                .forEach(each -> expected.add(data(each)));
        waiting.forEach(each -> expected.add(data(each)));
        assertThat(methods.ran("block")).isEqualTo(expected);
        await().until(() -> broker.stored(SHIP).isEmpty());
        await().until(() -> inbox.unfinished() == 0);
        assertThat(inbox.held()).isZero();
    }

    @Test
    void whatWasTakenAheadAndIsStillInTheMailboxIsNotRunTwice() throws Exception {
        flood(MOST);
        broker.loseAcknowledgements(true);
        Message cancel = message("cancel", ids.next().value());
        publish(cancel);
        awaitState(cancel, State.SUCCEEDED);
        assertThat(broker.stored(SHIP)).contains(cancel.id().value());
        broker.loseAcknowledgements(false);
        methods.release();
        await().until(() -> inbox.unfinished() == 0);
        broker.redeliver(SHIP);
        await().until(() -> broker.stored(SHIP).isEmpty());
        assertThat(journal.processedAfter(0, 100)).hasSize(MOST + 1);
    }

    @Test
    void whatThereIsNoMemoryForIsReadFromTheJournalInItsTurn() throws Exception {
        List<Message> all = flood(MOST);
        assertThat(inbox.held()).isLessThanOrEqualTo(1_500);
        methods.release();
        for (Message message : all) {
            awaitState(message, State.SUCCEEDED);
        }
        assertThat(methods.ran("block")).isEqualTo(all.stream().map(this::data).toList());
        await().until(() -> inbox.held() == 0);
    }

    /// Messages of which the first blocks; waits until the node is full by those before the limit.
    private List<Message> flood(int count) throws Exception {
        List<Message> messages =
                IntStream.range(0, count).mapToObj(i -> message("block", "b" + i)).toList();
        for (Message message : messages) {
            publish(message);
        }
        await().until(() -> journal.unfinished(Direction.RECEIVED) >= MOST);
        return messages;
    }

    private String data(Message message) {
        return message.data().getFirst();
    }

    private void awaitState(Message message, State state) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        journal.received(message.id())
                                .map(received -> received.state() == state)
                                .orElse(false));
    }

    private void publish(Message message) throws Exception {
        var _ =
                centralsBroker
                        .publish(message.subject(), message.id().value(), Envelope.encode(message))
                        .get();
    }

    private Message message(String method, String data) {
        return request(SHIP, method, data)
                .messages(CENTRAL, "test", ids::next, Instant.now())
                .getFirst();
    }

    private static MessageRequest request(NodeName to, String method, String data) {
        return MessageRequest.of(List.of(to), MessageType.COMMAND, method, List.of(data));
    }
}
