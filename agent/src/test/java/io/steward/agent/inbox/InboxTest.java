package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.Mailbox.Delivery;
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
import io.steward.messages.Subject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");

    @TempDir Path folder;

    private volatile Duration step = Duration.ZERO;
    private volatile Duration brokerAhead = Duration.ZERO;
    private final InstantSource clock = () -> Instant.now().plus(step);
    private final FakeBroker centralsBroker = new FakeBroker(InstantSource.system());
    private final FakeBroker broker = centralsBroker.another();
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final SystemTime time = new SystemTime();
    private final MessageIds ids = new MessageIds(clock);
    private final List<ErrorReport> reports = new CopyOnWriteArrayList<>();
    private final ScriptedMethods methods = new ScriptedMethods();
    private final List<MessageId> endedLeftovers = new CopyOnWriteArrayList<>();
    private volatile int survivors;
    private ErrorKernel kernel = kernel();
    private MessageInbox inbox;

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

    private ErrorKernel kernel() {
        return new ErrorKernel(time, SupervisorSpec.of("root"), reports::add, _ -> {});
    }

    private MessageInbox inbox(String bootId) throws Exception {
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
                1L << 20);
    }

    @Test
    void aMessageIsRunAndItsOutcomeComesBack() throws Exception {
        Message message = command("echo", "hello");
        publish(message);
        Ack ack = awaitEnd(message);
        assertThat(ack.state()).isEqualTo(State.SUCCEEDED);
        assertThat(ack.stdout().text()).isEqualTo("hello");
        assertThat(ack.attempt()).isEqualTo(1);
        assertThat(ack.duration()).isNotNull();
        assertThat(journal.processedAfter(0, 10)).hasSize(1);
        assertThat(broker.stored(SHIP)).isEmpty();
    }

    @Test
    void messagesOfASubjectRunInOrderAndASlowSubjectDelaysNoOther() throws Exception {
        Message slow = command("block", "slow", "slowdomain");
        publish(slow);
        methods.awaitBlocked();
        List<Message> quick =
                IntStream.range(0, 300).mapToObj(i -> command("echo", "q" + i)).toList();
        for (Message message : quick) {
            publish(message);
        }
        awaitEnd(quick.getLast());
        assertThat(methods.ran("echo"))
                .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "q" + i).toList());
        assertThat(journal.received(slow.id()).orElseThrow().state()).isEqualTo(State.STARTED);
        methods.release();
        assertThat(awaitEnd(slow).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void aLongOneIsSaidToBeStarted() throws Exception {
        Message slow = command("block", "slow");
        publish(slow);
        assertThat(awaitAck(slow, State.STARTED).attempt()).isEqualTo(1);
        methods.release();
        awaitEnd(slow);
    }

    @Test
    void aSecondCopyIsAnsweredAndNotRun() throws Exception {
        Message message = command("echo", "once");
        publish(message);
        awaitEnd(message);
        broker.publish(message.subject(), message.id() + ".r1", Envelope.encode(message)).get();
        await().until(() -> acks(message).size() == 2);
        assertThat(acks(message)).allMatch(ack -> ack.state() == State.SUCCEEDED);
        assertThat(methods.ran("echo")).containsExactly("once");
        assertThat(journal.processedAfter(0, 10)).hasSize(1);
    }

    @Test
    void theSameIdWithAnotherBodyIsRefusedAndKept() throws Exception {
        Message message = command("echo", "one");
        publish(message);
        awaitEnd(message);
        Message other =
                new Message(
                        message.id(),
                        message.from(),
                        message.subject(),
                        List.of("two"),
                        message.createdAt(),
                        message.expiresAt(),
                        message.ackTimeout(),
                        0,
                        null,
                        true,
                        OnInterrupt.AUTO,
                        3,
                        null,
                        Map.of(),
                        false,
                        null);
        broker.publish(other.subject(), "other", Envelope.encode(other)).get();
        assertThat(awaitAck(other, State.REFUSED).reason()).contains("known with another body");
        assertThat(methods.ran("echo")).containsExactly("one");
        assertThat(journal.deadLetters(10)).hasSize(1);
    }

    @Test
    void whatCannotBeDecodedIsKeptReportedAndAnsweredAndStopsNothing() throws Exception {
        Message message = command("echo", "after");
        Subject subject = message.subject();
        MessageId bad = ids.next();
        broker.publish(subject, "x", "{no json".getBytes(StandardCharsets.UTF_8)).get();
        broker.publish(
                        subject,
                        "y",
                        "{\"id\":\"%s\",\"from\":\"central\",\"domain\":\"d\",\"type\":7}"
                                .formatted(bad)
                                .getBytes(StandardCharsets.UTF_8))
                .get();
        publish(message);
        awaitEnd(message);
        assertThat(journal.deadLetters(10)).hasSize(2);
        assertThat(journal.deadLetters(10).getLast().reason()).contains("line 1");
        await().until(() -> centralsAcks().stream().anyMatch(ack -> ack.messageId().equals(bad)));
        await().until(() -> reports.size() >= 2);
        assertThat(broker.stored(SHIP)).isEmpty();
    }

    @Test
    void anUnreadableMessageWithoutADomainIsAnsweredAndStopsNothing() throws Exception {
        Message message = command("echo", "after");
        MessageId bad = ids.next();
        byte[] noDomain =
                "{\"id\":\"%s\",\"from\":\"central\"}"
                        .formatted(bad)
                        .getBytes(StandardCharsets.UTF_8);
        broker.publish(message.subject(), "x", noDomain).get();
        publish(message);
        assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        await().until(() -> centralsAcks().stream().anyMatch(ack -> ack.messageId().equals(bad)));
    }

    @Test
    void anEnvelopeForAnotherSubjectIsADeadLetter() throws Exception {
        Message message = command("echo", "x");
        broker.publish(Subject.parse("ship1.command.block.test"), "x", Envelope.encode(message))
                .get();
        await().until(() -> journal.deadLetters(10).size() == 1);
        assertThat(methods.ran("echo")).isEmpty();
    }

    @Test
    void anUnknownMethodAndWrongArgumentsAreRefused() throws Exception {
        Message unknown = command("nothing", "x");
        publish(unknown);
        assertThat(awaitEnd(unknown).state()).isEqualTo(State.REFUSED);
        assertThat(awaitEnd(unknown).reason()).contains("this node has no command \"nothing\"");
        Message wrong = command("picky", "x");
        publish(wrong);
        assertThat(awaitEnd(wrong).reason()).contains("picky");
        assertThat(awaitEnd(wrong).state()).isEqualTo(State.REFUSED);
    }

    @Test
    void whatComesTooLateIsExpired() throws Exception {
        Message late = command("echo", "late", "test", new Expiry.After(Duration.ofMillis(1)));
        await().until(() -> clock.instant().isAfter(late.expiresAt()));
        publish(late);
        assertThat(awaitEnd(late).state()).isEqualTo(State.EXPIRED);
        assertThat(methods.ran("echo")).isEmpty();
    }

    @Test
    void aMethodThatThrowsFailsItsMessageAndTheNextOneRuns() throws Exception {
        Message bad = command("throw", "x");
        Message good = command("echo", "y");
        publish(bad);
        publish(good);
        assertThat(awaitEnd(bad).state()).isEqualTo(State.FAILED);
        assertThat(awaitEnd(bad).reason()).contains("thrown by the test");
        assertThat(awaitEnd(good).state()).isEqualTo(State.SUCCEEDED);
        await().until(() -> !reports.isEmpty());
    }

    @Test
    void aMessageThatEndsItsProcessFailsAfterItsAttemptsAndTheNextOneRuns() throws Exception {
        Message poison = command("die", "x", "poison");
        Message good = command("die", "good", "poison");
        publish(poison);
        publish(good);
        Ack ack = awaitEnd(poison);
        assertThat(ack.state()).isEqualTo(State.FAILED);
        assertThat(ack.reason()).contains("ended its process 3 times");
        assertThat(ack.attempt()).isEqualTo(3);
        assertThat(awaitEnd(good).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void unorderedMessagesRunBesideEachOther() throws Exception {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            messages.add(unordered("block", "u" + i));
        }
        for (Message message : messages) {
            publish(message);
        }
        await().until(() -> methods.blocked() == 5);
        methods.release();
        for (Message message : messages) {
            assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        }
        await("their processes have left the tree")
                .until(() ->
                        kernel.tree().stream()
                                .noneMatch(process -> process.path().indexOf('#') >= 0));
    }

    @Test
    void aBatchIsRunAtOnceAndEachHasItsEnd() throws Exception {
        Message first = command("batch", "block");
        publish(first);
        methods.awaitBlocked();
        List<Message> others =
                IntStream.range(0, 50).mapToObj(i -> command("batch", "b" + i)).toList();
        for (Message message : others) {
            publish(message);
        }
        await().until(() -> journal.unfinishedCount() == 51);
        methods.release();
        for (Message message : others) {
            assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        }
        assertThat(methods.ran("batch")).startsWith("block", "b0", "b1").endsWith("b49");
        assertThat(methods.batches()).isLessThan(51);
    }

    @Test
    void cancellingWhatIsQueuedRunningUnknownOrOver() throws Exception {
        Message running = command("block", "running");
        Message queued = command("block", "queued");
        publish(running);
        publish(queued);
        methods.awaitBlocked();
        await().until(() -> journal.received(queued.id()).isPresent());
        assertThat(inbox.cancel(queued.id())).isEqualTo("queued; cancelled");
        assertThat(awaitEnd(queued).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).startsWith("running");
        assertThat(awaitEnd(running).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).isEqualTo("too late: it has cancelled");
        Message unknown = command("echo", "never");
        assertThat(inbox.cancel(unknown.id())).startsWith("not here yet");
        publish(unknown);
        assertThat(awaitEnd(unknown).state()).isEqualTo(State.CANCELLED);
        assertThat(methods.ran("echo")).isEmpty();
        assertThat(methods.ran("block")).containsExactly("running");
    }

    @Test
    void whatJustBeganIsCancelledAndDoesNotRun() throws Exception {
        journal.failStartsWith(
                new JournalException(JournalException.Kind.DISK_FULL, "full, by the test"));
        Message message = command("block", "x");
        publish(message);
        await().until(() ->
                reports.stream().anyMatch(report -> report.doing().startsWith("marking")));
        assertThat(inbox.cancel(message.id())).isEqualTo("running; it is being ended");
        journal.failStartsWith(null);
        assertThat(awaitEnd(message).state()).isEqualTo(State.CANCELLED);
        assertThat(methods.ran("block")).isEmpty();
    }

    @Test
    void aCancelIsNotForgottenWhenTheAgentDies() throws Exception {
        Message running = command("stubborn", "x", "a", OnInterrupt.RERUN);
        publish(running);
        methods.awaitBlocked();
        assertThat(inbox.cancel(running.id())).startsWith("running");
        crash("boot-1");
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.CANCELLED);
        assertThat(ack.stdout().text()).isEqualTo("so far");
        assertThat(endedLeftovers).containsExactly(running.id());
        assertThat(methods.ran("stubborn")).containsExactly("x");
    }

    @Test
    void whatAStoppedProcessHoldsIsCancelledAllTheSame() throws Exception {
        Message running = command("restartable", "running");
        Message waiting = command("restartable", "waiting");
        publish(running);
        publish(waiting);
        methods.awaitBlocked();
        await().until(() -> journal.received(waiting.id()).isPresent());
        assertThat(kernel.stop("root/inbox/ship1.command.restartable.test")).isPresent();
        assertThat(inbox.cancel(waiting.id())).isEqualTo("queued; cancelled");
        assertThat(awaitEnd(waiting).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).isEqualTo("was running; cancelled");
        assertThat(awaitEnd(running).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.unfinished()).isZero();
        assertThat(methods.ran("restartable")).containsExactly("running");
    }

    @Test
    void whatAStoppedProcessHoldsEndsWhenItExpires() throws Exception {
        Message running = command("restartable", "running", "test", hour());
        Message waiting = command("restartable", "waiting", "test", hour());
        publish(running);
        publish(waiting);
        methods.awaitBlocked();
        await().until(() -> journal.received(waiting.id()).isPresent());
        assertThat(kernel.stop("root/inbox/ship1.command.restartable.test")).isPresent();
        brokerAhead = Duration.ofHours(1);
        assertThat(awaitEnd(waiting).state()).isEqualTo(State.EXPIRED);
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.INTERRUPTED);
        assertThat(ack.reason()).contains("has expired");
        assertThat(ack.stdout().text()).isEqualTo("so far");
        assertThat(inbox.unfinished()).isZero();
    }

    @Test
    void whatWaitsBehindALongOneExpiresAtItsTimeAndIsNeverRun() throws Exception {
        Message running = command("block", "running");
        Message behind = command("block", "behind", "test", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        brokerAhead = Duration.ofHours(1);
        Ack ack = awaitEnd(behind);
        assertThat(ack.state()).isEqualTo(State.EXPIRED);
        assertThat(ack.reason()).contains("waited for its turn");
        assertThat(journal.received(running.id()).orElseThrow().state()).isEqualTo(State.STARTED);
        methods.release();
        assertThat(awaitEnd(running).state()).isEqualTo(State.SUCCEEDED);
        assertThat(methods.ran("block")).containsExactly("running");
    }

    @Test
    void aStepOfThisMachinesClockExpiresNothing() throws Exception {
        Message running = command("block", "running");
        Message behind = command("block", "behind", "test", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        step = Duration.ofHours(3);
        brokerAhead = Duration.ofHours(-3);
        methods.release();
        assertThat(awaitEnd(behind).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void theDeadlineByTheBrokersClockIsKnownAfterARestart() throws Exception {
        step = Duration.ofHours(-3); // this machine is late, and so is what it would judge by
        brokerAhead = Duration.ofHours(3);
        Message running = command("block", "running", "a");
        Message behind = command("block", "behind", "a", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        brokerAhead = Duration.ofHours(4);
        crash("boot-1");
        methods.release();
        assertThat(awaitEnd(behind).state()).isEqualTo(State.EXPIRED);
        assertThat(methods.ran("block")).doesNotContain("behind");
    }

    @Test
    void whatExpiredWhileItsAgentWasDeadIsNotRunAgain() throws Exception {
        Message running = command("block", "running", "a", hour());
        publish(running);
        methods.awaitBlocked();
        brokerAhead = Duration.ofHours(1);
        crash("boot-1");
        methods.release();
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.INTERRUPTED);
        assertThat(ack.reason()).contains("not run again");
        assertThat(methods.ran("block")).containsExactly("running");
    }

    private static Expiry hour() {
        return new Expiry.After(Duration.ofHours(1));
    }

    @Test
    void afterARestartWhatWasNotStartedRunsAndWhatWasIsDecidedByOnInterrupt() throws Exception {
        Message rerun = command("block", "rerun", "a", OnInterrupt.RERUN);
        Message behind = command("block", "behind", "a", OnInterrupt.RERUN);
        Message report = command("block", "report", "b", OnInterrupt.REPORT);
        publish(rerun);
        publish(behind);
        publish(report);
        await().until(() -> methods.blocked() == 2 && journal.received(behind.id()).isPresent());
        crash("boot-1");
        methods.release();
        assertThat(awaitEnd(rerun).attempt()).isEqualTo(2);
        assertThat(awaitEnd(rerun).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(behind).attempt()).isEqualTo(1);
        Ack interrupted = awaitEnd(report);
        assertThat(interrupted.state()).isEqualTo(State.INTERRUPTED);
        assertThat(interrupted.stdout().text()).isEqualTo("so far");
        assertThat(interrupted.startedAt())
                .as("by the agent that died")
                .isEqualTo(journal.received(report.id()).orElseThrow().states().get(State.STARTED));
        assertThat(endedLeftovers).containsExactlyInAnyOrder(rerun.id(), report.id());
    }

    @Test
    void nothingIsRunAgainBesideWhatCannotBeEnded() throws Exception {
        Message rerun = command("block", "rerun", "a", OnInterrupt.RERUN);
        publish(rerun);
        await().until(() -> methods.blocked() == 1);
        survivors = 2;
        crash("boot-1");
        methods.release();
        Ack end = awaitEnd(rerun);
        assertThat(end.state()).isEqualTo(State.INTERRUPTED);
        assertThat(end.attempt()).isEqualTo(1);
        assertThat(end.reason())
                .isEqualTo(
                        "it is not run again beside its start 1; 2 of its processes could not be"
                                + " ended");
    }

    @Test
    void whatAnotherAgentMayHaveRunSaysSoOrIsReported() throws Exception {
        Message before = command("echo", "before", "a");
        Message report = command("echo", "report", "b", OnInterrupt.REPORT);
        Instant now = Instant.now().plusMillis(2);
        broker.takenOver(now);
        await().until(() -> Instant.now().isAfter(now.plusMillis(2)));
        Message after = command("echo", "after", "c");
        for (Message each : List.of(before, report, after)) {
            publishAs(each, each.id() + Broker.AGAIN + 1);
        }
        Message first = command("echo", "first", "d");
        publish(first);
        assertThat(awaitEnd(before).attempt()).isEqualTo(2);
        assertThat(awaitEnd(before).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(report).state()).isEqualTo(State.INTERRUPTED);
        assertThat(awaitEnd(report).reason()).contains("another agent", "onInterrupt is report");
        assertThat(awaitEnd(after).attempt()).isEqualTo(1);
        assertThat(awaitEnd(first).attempt()).isEqualTo(1);
    }

    @Test
    void nothingIsStartedOnceAnotherAgentHasTheNameAndWhatADeadOneStartedEndsUntold()
            throws Exception {
        Message started = command("block", "started", "a", OnInterrupt.RERUN);
        Message waiting = command("block", "waiting", "a");
        publish(started);
        publish(waiting);
        await().until(() -> methods.blocked() == 1 && journal.received(waiting.id()).isPresent());
        broker.right(Broker.Right.NOT_NOW);
        crash("boot-1");
        methods.release();
        broker.right(Broker.Right.NO);
        assertThat(inbox.giveUp()).isEqualTo(1);
        assertThat(journal.received(waiting.id())).isEmpty();
        await().until(() -> journal.received(started.id()).orElseThrow().state().isEnd());
        assertThat(journal.received(started.id()).orElseThrow().state())
                .isEqualTo(State.INTERRUPTED);
        assertThat(endedLeftovers).contains(started.id());
        broker.right(Broker.Right.YES);
        Message next = command("echo", "next", "a");
        publish(next);
        awaitEnd(next);
        assertThat(centralsAcks().stream().filter(ack -> ack.state().isEnd()).map(Ack::messageId))
                .containsExactly(next.id());
    }

    @Test
    void whatStoodStillWhileItWasMarkedIsNotStartedIfAnotherAgentHasTheName() throws Exception {
        journal.onStarted(() -> broker.right(Broker.Right.NO));
        Message marked = command("block", "marked");
        publish(marked);
        await().until(() ->
                journal.received(marked.id())
                        .map(known -> known.state() == State.INTERRUPTED)
                        .orElse(false));
        assertThat(methods.blocked()).isZero();
        assertThat(centralsAcks().stream().filter(ack -> ack.state().isEnd())).isEmpty();
    }

    @Test
    void autoDoesNotRunAgainAfterTheMachineWasRestarted() throws Exception {
        Message auto = command("block", "auto", "a", OnInterrupt.AUTO);
        publish(auto);
        methods.awaitBlocked();
        crash("boot-2");
        methods.release();
        assertThat(awaitEnd(auto).state()).isEqualTo(State.INTERRUPTED);
        assertThat(awaitEnd(auto).reason()).contains("machine was restarted");
    }

    @Test
    void aRestartedProcessRunsAgainWhatItHadInHandBeforeWhatWaited() throws Exception {
        Message inHand = command("restartable", "first");
        Message behind = command("restartable", "second");
        publish(inHand);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        assertThat(kernel.restart("root/inbox/ship1.command.restartable.test")).isPresent();
        methods.release();
        assertThat(awaitEnd(inHand).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(inHand).attempt()).isEqualTo(2);
        assertThat(awaitEnd(behind).attempt()).isEqualTo(1);
        assertThat(methods.ran("restartable")).containsExactly("first", "first", "second");
    }

    @Test
    void anOutcomeThatIsNoOutcomeFailsItsMessage() throws Exception {
        Message hollow = command("hollow", "x");
        publish(hollow);
        Ack ack = awaitEnd(hollow);
        assertThat(ack.state()).isEqualTo(State.FAILED);
        assertThat(ack.reason()).contains("not whole");
        assertThat(methods.ran("hollow")).containsExactly("x");
    }

    @Test
    void whatHasRunIsNotRunAgainThoughItsEndIsNotKeptAndItsProcessRestarts() throws Exception {
        Message message = command("block", "x");
        Message behind = command("block", "y");
        publish(message);
        publish(behind);
        methods.awaitBlocked();
        journal.failWith(
                new JournalException(JournalException.Kind.DISK_FULL, "full, by the test"));
        methods.release();
        await().until(() ->
                reports.stream().anyMatch(report -> report.cause().contains("full, by the test")));
        assertThat(kernel.restart("root/inbox/ship1.command.block.test")).isPresent();
        journal.failWith(null);
        assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(message).attempt()).isEqualTo(1);
        assertThat(awaitEnd(behind).state()).isEqualTo(State.SUCCEEDED);
        assertThat(methods.ran("block")).containsExactly("x", "y");
        await().until(() -> inbox.unfinished() == 0);
    }

    @Test
    void nothingIsAcknowledgedOrRunWhileTheJournalTakesNothing() throws Exception {
        journal.failWith(
                new JournalException(JournalException.Kind.DISK_FULL, "full, by the test"));
        Message message = command("echo", "x");
        publish(message);
        await().until(() ->
                reports.stream().anyMatch(report -> report.cause().contains("full, by the test")));
        assertThat(broker.stored(SHIP)).hasSize(1);
        assertThat(methods.ran("echo")).isEmpty();
        journal.failWith(null);
        assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void aReplyTakesACopyOfTheResultElsewhere() throws Exception {
        Message message =
                base(
                        "echo",
                        List.of("result"),
                        "test",
                        new Expiry.After(Duration.ofDays(1)),
                        true,
                        OnInterrupt.AUTO,
                        new Reply(CENTRAL, "textlogging", "copies", List.of("from ship1")));
        publish(message);
        awaitEnd(message);
        await().until(() ->
                centrals().stream()
                        .anyMatch(m ->
                                m.subject().toString().equals("central.event.textlogging.copies")));
        Message reply =
                centrals().stream()
                        .filter(m -> m.subject().method().equals("textlogging"))
                        .findFirst()
                        .orElseThrow();
        assertThat(reply.data()).containsExactly("from ship1", "result");
        assertThat(reply.labels()).containsEntry("replyTo", message.id().value());
    }

    /// The agent dies: its threads are gone, its journal and the broker stay.
    private void crash(String bootId) throws Exception {
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

    private void publish(Message message) throws Exception {
        publishAs(message, message.id().value());
    }

    private void publishAs(Message message, String deduplicationId) throws Exception {
        centralsBroker.publish(message.subject(), deduplicationId, Envelope.encode(message)).get();
    }

    private Message command(String method, String data) {
        return command(method, data, "test");
    }

    private Message command(String method, String data, String domain) {
        return command(method, data, domain, new Expiry.After(Duration.ofDays(1)));
    }

    private Message command(String method, String data, String domain, Expiry expiry) {
        return base(method, List.of(data), domain, expiry, true, OnInterrupt.AUTO, null);
    }

    private Message command(String method, String data, String domain, OnInterrupt onInterrupt) {
        return base(
                method,
                List.of(data),
                domain,
                new Expiry.After(Duration.ofDays(1)),
                true,
                onInterrupt,
                null);
    }

    private Message unordered(String method, String data) {
        return base(
                method,
                List.of(data),
                "test",
                new Expiry.After(Duration.ofDays(1)),
                false,
                OnInterrupt.AUTO,
                null);
    }

    private Message base(
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
                        false)
                .messages(CENTRAL, domain, ids::next, Instant.now())
                .getFirst();
    }

    private final List<Message> arrived = new CopyOnWriteArrayList<>();

    private List<Message> centrals() throws Exception {
        for (Delivery delivery :
                centralsBroker.mailbox(CENTRAL).fetch(1_000, Duration.ofMillis(1))) {
            arrived.add(Envelope.decode(delivery.payload()));
            delivery.acknowledge();
        }
        return arrived;
    }

    private List<Ack> centralsAcks() throws Exception {
        return centrals().stream().map(Message::ack).filter(ack -> ack != null).toList();
    }

    private List<Ack> acks(Message message) throws Exception {
        return centralsAcks().stream().filter(ack -> ack.messageId().equals(message.id())).toList();
    }

    private Ack awaitAck(Message message, State state) {
        return await().atMost(Duration.ofSeconds(15))
                .until(
                        () ->
                                acks(message).stream()
                                        .filter(ack -> ack.state() == state)
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private Ack awaitEnd(Message message) {
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
