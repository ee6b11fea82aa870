package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.TestOutbox;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwaitedTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName LATE = new NodeName("late");

    private final InstantSource clock = InstantSource.system();
    private final FakeBroker broker = new FakeBroker(clock);
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final SystemTime time = new SystemTime();
    private final ErrorKernel kernel =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final MessageOutbox outbox =
            TestOutbox.of(CENTRAL, kernel.root(), journal, broker, clock, new MessageIds(clock));
    private final Awaited awaited = new Awaited(journal, broker, outbox, CENTRAL);

    @AfterEach
    void stop() {
        kernel.close();
        time.close();
        journal.close();
    }

    private List<MessageId> send(List<NodeName> nodes) throws Exception {
        return outbox.submit(
                        null,
                        List.of(MessageRequest.of(nodes, MessageType.COMMAND, "noop", List.of())))
                .ids();
    }

    @Test
    void whereNothingWaitsNobodyIsListenedTo() throws Exception {
        awaited.look();
        assertThat(broker.listensTo()).isEmpty();
    }

    @Test
    void aNodeIsListenedToAsLongAsSomethingWaitsForIt() throws Exception {
        MessageId id = send(List.of(LATE)).getFirst();
        awaited.look();
        assertThat(broker.listensTo()).containsExactly("clusterbus.hello.late");
        journal.endSent(id, List.of(State.QUEUED), State.EXPIRED, "test", clock.instant()).get();
        awaited.look();
        assertThat(broker.listensTo()).isEmpty();
    }

    @Test
    void whatCameBeforeItWasListenedToIsNotWaitedFor() throws Exception {
        MessageId id = send(List.of(LATE)).getFirst();
        await().until(() -> !outbox.problems().isEmpty());
        broker.mailbox(LATE);
        awaited.look();
        await().until(() -> journal.sent(id).orElseThrow().state() == State.PUBLISHED);
    }

    @Test
    void aNodeItselfIsNotListenedTo() throws Exception {
        send(List.of(CENTRAL));
        awaited.look();
        assertThat(broker.listensTo()).isEmpty();
    }

    @Test
    void whereManyAreWaitedForEverybodyIsListenedTo() throws Exception {
        send(
                IntStream.rangeClosed(0, Awaited.FEW)
                        .mapToObj(number -> new NodeName("n" + number))
                        .toList());
        awaited.look();
        assertThat(broker.listensTo()).containsExactly("clusterbus.hello.*");
    }
}
