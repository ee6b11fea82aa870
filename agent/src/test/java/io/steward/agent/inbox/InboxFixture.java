package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.method.Outcome;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.TestOutbox;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Policy;
import io.steward.agent.settings.Settings;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Reply;
import io.steward.messages.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// An inbox of `ship1` with its outbox, over a broker and a journal in memory, and a `central` that
/// hears its answers.
abstract class InboxFixture {
    static final NodeName CENTRAL = new NodeName("central");
    static final NodeName SHIP = new NodeName("ship1");

    @TempDir Path folder;

    volatile Duration step = Duration.ZERO;
    volatile Duration brokerAhead = Duration.ZERO;
    final InstantSource clock = () -> Instant.now().plus(step);
    final FakeBroker centralsBroker = new FakeBroker(InstantSource.system());
    final FakeBroker broker = centralsBroker.another();
    final MemoryJournal journal = new MemoryJournal(clock);
    final SystemTime time = new SystemTime();
    final MessageIds ids = new MessageIds(clock);
    final List<ErrorReport> reports = new CopyOnWriteArrayList<>();
    final ScriptedMethods methods = new ScriptedMethods();
    final List<MessageId> endedLeftovers = new CopyOnWriteArrayList<>();
    volatile int survivors;
    volatile Admission admission = Admission.by(Policy.open());
    ErrorKernel kernel = kernel();
    MessageInbox inbox;

    @BeforeEach
    void begin() throws Exception {
        centralsBroker.mailbox(CENTRAL);
        broker.mailbox(SHIP);
        inbox = inbox("boot-1");
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

    ErrorKernel kernel() {
        return new ErrorKernel(time, SupervisorSpec.of("root"), reports::add, _ -> {});
    }

    MessageInbox inbox(String bootId) throws Exception {
        Settings settings = ShipSettings.in(folder, Map.of("run.killGrace", "100ms"));
        MessageOutbox outbox =
                TestOutbox.of(
                        SHIP,
                        kernel.root().supervisor(SupervisorSpec.of("outbox")),
                        journal,
                        broker,
                        clock,
                        ids);
        outbox.start();
        Leftovers leftovers =
                new Leftovers() {
                    @Override
                    public int end(MessageId id) {
                        endedLeftovers.add(id);
                        return survivors;
                    }

                    @Override
                    public Outcome.Printed printed(MessageId id) {
                        return Outcome.Printed.of("so far");
                    }
                };
        return new MessageInbox(
                settings,
                kernel.root().supervisor(SupervisorSpec.of("inbox")),
                journal,
                broker,
                outbox,
                methods.registry(),
                leftovers,
                clock,
                () -> brokerAhead,
                bootId,
                Signatures.none(),
                message -> admission.decide(message),
                1L << 20);
    }

    /// The agent dies: its threads are gone, its journal and the broker stay.
    void crash(String bootId) throws Exception {
        ErrorKernel dead = kernel;
        journal.failWith(new JournalException(JournalException.Kind.CLOSED, "the agent is dead"));
        methods.abandon(); // what runs now belongs to the dead agent: it says nothing any more
        dead.close();
        inbox.close();
        journal.reopen();
        journal.failWith(null);
        kernel = kernel();
        inbox = inbox(bootId);
        inbox.start();
    }

    void publish(Message message) throws Exception {
        publishAs(message, message.id().value());
    }

    void publishAs(Message message, String deduplicationId) throws Exception {
        centralsBroker.publish(message.subject(), deduplicationId, Envelope.encode(message)).get();
    }

    Message command(String method, String data) {
        return command(method, data, "test");
    }

    Message command(String method, String data, String domain) {
        return command(method, data, domain, new Expiry.After(Duration.ofDays(1)));
    }

    Message command(String method, String data, String domain, Expiry expiry) {
        return base(method, List.of(data), domain, expiry, true, OnInterrupt.AUTO, null);
    }

    Message command(String method, String data, String domain, OnInterrupt onInterrupt) {
        return base(
                method,
                List.of(data),
                domain,
                new Expiry.After(Duration.ofDays(1)),
                true,
                onInterrupt,
                null);
    }

    Message unordered(String method, String data) {
        return base(
                method,
                List.of(data),
                "test",
                new Expiry.After(Duration.ofDays(1)),
                false,
                OnInterrupt.AUTO,
                null);
    }

    Message base(
            String method,
            List<String> data,
            String domain,
            Expiry expiry,
            boolean ordered,
            OnInterrupt onInterrupt,
            @Nullable Reply reply) {
        return new MessageRequest(
                        0,
                        0,
                        List.of(SHIP),
                        MessageType.COMMAND,
                        method,
                        domain,
                        data,
                        Duration.ofSeconds(30),
                        0,
                        null,
                        expiry,
                        ordered,
                        onInterrupt,
                        3,
                        reply,
                        Map.of(),
                        false,
                        null)
                .messages(CENTRAL, domain, ids::next, Instant.now())
                .getFirst();
    }

    final List<Message> arrived = new CopyOnWriteArrayList<>();

    List<Message> centrals() throws Exception {
        for (Delivery delivery :
                centralsBroker.mailbox(CENTRAL).fetch(1_000, Duration.ofMillis(1))) {
            arrived.add(Envelope.decode(delivery.payload()));
            delivery.acknowledge();
        }
        return arrived;
    }

    List<Ack> centralsAcks() throws Exception {
        return centrals().stream().map(Message::ack).filter(ack -> ack != null).toList();
    }

    List<Ack> acks(Message message) throws Exception {
        return centralsAcks().stream().filter(ack -> ack.messageId().equals(message.id())).toList();
    }

    Ack awaitAck(Message message, State state) {
        return await().atMost(Duration.ofSeconds(15))
                .until(
                        () ->
                                acks(message).stream()
                                        .filter(ack -> ack.state() == state)
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    Ack awaitEnd(Message message) {
        Ack ack =
                await().atMost(Duration.ofSeconds(15))
                        .until(
                                () ->
                                        acks(message).stream()
                                                .filter(a -> a.state().isEnd())
                                                .findFirst(),
                                Optional::isPresent)
                        .orElseThrow();
        Optional<ReceivedMessage> kept = journal.received(message.id());
        assertThat(kept.orElseThrow().state()).isEqualTo(ack.state());
        return ack;
    }
}
