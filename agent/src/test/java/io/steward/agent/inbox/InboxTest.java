package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.JournalException;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Reply;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Taking messages in, running them, and answering.
class InboxTest extends InboxFixture {
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
        await().until(() -> journal.unfinished(Direction.RECEIVED) == 51);
        methods.release();
        for (Message message : others) {
            assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        }
        assertThat(methods.ran("batch")).startsWith("block", "b0", "b1").endsWith("b49");
        assertThat(methods.batches()).isLessThan(51);
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
}
