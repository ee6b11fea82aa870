package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every journal does with ACKs that wait to be sent.
abstract class AckQueueContract extends SendingContract {

    @Test
    void anAckToBeSentIsQueuedAndNothingElse() {
        Message first = accepted();
        samples.pass(Duration.ofMillis(1));
        Message asked = received(1);
        samples.pass(Duration.ofMillis(1));
        Finish finish = samples.finish(asked, State.SUCCEEDED);
        Message ack = finish.ackMessage();
        assertThat(ack).isNotNull();
        assertThat(done(journal.finishedAll(List.of(finish)))).containsExactly(true);
        samples.pass(Duration.ofMillis(1));
        Message last = accepted();
        assertThat(journal.queued(10)).containsExactly(first, ack, last);
        assertThat(journal.queued(2)).containsExactly(first, ack);
        assertThat(journal.history(Query.all(), null, 10))
                .extracting(entry -> entry.message().id())
                .containsExactly(last.id(), asked.id(), first.id());
        assertThat(journal.counts().get(Direction.SENT))
                .containsExactly(Map.entry(State.QUEUED, 2L));
        assertThat(journal.waiting()).hasSize(1);
        assertThat(journal.waiting().getFirst().count()).isEqualTo(2);
        assertThat(
                        journal.overdue(
                                samples.now().plusSeconds(9_000_000),
                                Duration.ZERO,
                                Duration.ZERO,
                                9))
                .hasSize(2);
        journal = restart();
        done(journal.note(ack.id(), "no mailbox"));
        done(journal.resending(ack.id(), samples.now()));
        done(journal.published(ack.id(), samples.published(3)));
        assertThat(journal.queued(10)).containsExactly(first, last);
        assertThat(journal.dueForLook(samples.now().plusSeconds(9_000), 9)).isEmpty();
        assertThat(journal.sent(ack.id())).isEmpty();
        assertThat(sequences()).containsExactly(1L);
    }

    @Test
    void anAckThatCannotBeSentAnyMoreIsRemoved() {
        Message ack = samples.ackMessage(samples.command(), State.RECEIVED);
        done(journal.accept(null, List.of(ack)));
        assertThat(journal.queued(10)).containsExactly(ack);
        assertThat(end(ack, State.EXPIRED, State.QUEUED)).isTrue();
        assertThat(journal.queued(10)).isEmpty();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void queuedMessagesAreReadInTheOrderOfAcceptanceThoughTheClockIsSetBack() {
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            samples.pass(Duration.ofMillis(i % 3));
            all.add(
                    i % 4 == 0
                            ? samples.ackMessage(samples.command(), State.RECEIVED)
                            : samples.command());
        }
        all = all.reversed(); // why: ids and times fall
        done(journal.accept(null, all));
        assertThat(journal.queued(100)).containsExactlyElementsOf(all);
        assertThat(journal.queued(4)).containsExactlyElementsOf(all.subList(0, 4));
        Subject subject = all.get(1).subject();
        assertThat(journal.queuedOf(subject, 9))
                .containsExactlyElementsOf(
                        all.stream()
                                .filter(message -> message.subject().equals(subject))
                                .limit(9)
                                .toList());
        for (Message message : all) {
            done(journal.published(message.id(), samples.published(1)));
        }
        assertThat(journal.publishedOf(samples.command().subject(), null, 100))
                .extracting(SentMessage::message)
                .containsExactlyElementsOf(
                        all.stream().filter(message -> !message.subject().isAck()).toList());
    }

    @Test
    void theQueueOfOneSubjectIsReadByItself() {
        Message second = samples.command(new NodeName("ship2"), Map.of());
        samples.pass(Duration.ofMillis(1));
        Message first = samples.command();
        samples.pass(Duration.ofMillis(1));
        Message ack = samples.ackMessage(samples.command(), State.RECEIVED);
        samples.pass(Duration.ofMillis(1));
        Message third = samples.command(new NodeName("ship2"), Map.of());
        done(journal.accept(null, List.of(second, first, third, ack)));
        assertThat(journal.queuedSubjects())
                .containsExactly(second.subject(), first.subject(), ack.subject());
        assertThat(journal.queuedOf(second.subject(), 9)).containsExactly(second, third);
        assertThat(journal.queuedOf(second.subject(), 1)).containsExactly(second);
        assertThat(journal.queuedOf(ack.subject(), 9)).containsExactly(ack);
        done(journal.published(second.id(), samples.published(1)));
        done(journal.published(ack.id(), samples.published(1)));
        assertThat(journal.queuedOf(second.subject(), 9)).containsExactly(third);
        assertThat(journal.queuedSubjects()).containsExactly(first.subject(), third.subject());
    }
}
