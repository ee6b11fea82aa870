package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.TestOutbox;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Policy;
import io.steward.agent.settings.Settings;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A receiver that is restarted, by a person or for a failure, between the commit of what it took
/// in and its handing on.
class ReceiverRestartTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");

    @TempDir Path folder;

    private final InstantSource clock = InstantSource.system();
    private final FakeBroker broker = new FakeBroker(clock);
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final MessageIds ids = new MessageIds(clock);
    private final ScriptedMethods methods = new ScriptedMethods();

    /// Whether the journal keeps what comes, and does not come to say so.
    private volatile boolean silent;

    @Test
    void whatItHadCommittedIsRunOnceAndInOrder() throws Exception {
        broker.mailbox(CENTRAL);
        broker.mailbox(SHIP);
        try (SystemTime time = new SystemTime();
                ErrorKernel kernel =
                        new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
                MessageInbox inbox = inbox(kernel)) {
            inbox.start();
            Message first = publish("first");
            await().until(() -> hasEnded(first)); // its subject's process waits for more after that
            silent = true;
            Message second = publish("second");
            Message third = publish("third");
            await().until(() -> journal.received(second.id()).isPresent());
            silent = false;
            assertThat(kernel.restart("root/inbox/receiver")).isPresent();
            Message fourth = publish("fourth");
            broker.redeliver(SHIP);
            await().until(() -> hasEnded(second) && hasEnded(third) && hasEnded(fourth));
            assertThat(methods.ran("echo")).containsExactly("first", "second", "third", "fourth");
            assertThat(journal.received(second.id()).orElseThrow().state())
                    .isEqualTo(State.SUCCEEDED);
        }
    }

    private boolean hasEnded(Message message) {
        return journal.received(message.id()).map(it -> it.state().isEnd()).orElse(false);
    }

    private Message publish(String data) throws Exception {
        Message message =
                MessageRequest.of(List.of(SHIP), MessageType.COMMAND, "echo", List.of(data))
                        .messages(CENTRAL, "test", ids::next, clock.instant())
                        .getFirst();
        broker.publish(message.subject(), message.id().value(), Envelope.encode(message)).get();
        return message;
    }

    /// The journal, of which some commits are never heard of.
    private Journal hardOfHearing() {
        return (Journal)
                Proxy.newProxyInstance(
                        Journal.class.getClassLoader(),
                        new Class<?>[] {Journal.class},
                        (_, method, arguments) -> {
                            boolean unheard = silent && method.getName().equals("receive");
                            try {
                                Object answer = method.invoke(journal, arguments);
                                return unheard ? new CompletableFuture<>() : answer;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private MessageInbox inbox(ErrorKernel kernel) throws Exception {
        Settings settings = ShipSettings.in(folder, Map.of());
        MessageOutbox outbox =
                TestOutbox.of(
                        SHIP,
                        kernel.root().supervisor(SupervisorSpec.of("outbox")),
                        journal,
                        broker,
                        clock,
                        ids);
        outbox.start();
        return new MessageInbox(
                settings,
                kernel.root().supervisor(SupervisorSpec.of("inbox")),
                hardOfHearing(),
                broker,
                outbox,
                methods.registry(),
                new NoLeftovers(),
                clock,
                () -> Duration.ZERO,
                "boot",
                Signatures.none(),
                Admission.by(Policy.open()),
                1L << 20);
    }
}
