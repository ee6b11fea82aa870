package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Query;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
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
        assertThat(journal.queued(null, 10)).containsExactly(first, ack, last);
        assertThat(journal.queued(first.id(), 1)).containsExactly(ack);
        assertThat(journal.queued(ack.id(), 10)).containsExactly(last);
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
        assertThat(journal.queued(null, 10)).containsExactly(first, last);
        assertThat(journal.dueForLook(samples.now().plusSeconds(9_000), 9)).isEmpty();
        assertThat(journal.sent(ack.id())).isEmpty();
        assertThat(sequences()).containsExactly(1L);
    }

    @Test
    void anAckThatCannotBeSentAnyMoreIsRemoved() {
        Message ack = samples.ackMessage(samples.command(), State.RECEIVED);
        done(journal.accept(null, List.of(ack)));
        assertThat(journal.queued(null, 10)).containsExactly(ack);
        assertThat(end(ack, State.EXPIRED, State.QUEUED)).isTrue();
        assertThat(journal.queued(null, 10)).isEmpty();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void queuedMessagesArePagedInChronologicalOrder() {
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            samples.pass(Duration.ofMillis(i % 3));
            all.add(
                    i % 4 == 0
                            ? samples.ackMessage(samples.command(), State.RECEIVED)
                            : samples.command());
        }
        done(journal.accept(null, all.reversed()));
        List<Message> paged = new ArrayList<>();
        List<Message> page = journal.queued(null, 4);
        while (!page.isEmpty()) {
            paged.addAll(page);
            done(journal.published(page.getFirst().id(), samples.published(1)));
            page = journal.queued(page.getLast().id(), 4);
        }
        assertThat(paged).containsExactlyElementsOf(all);
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
        done(journal.accept(null, List.of(third, ack, first, second)));
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
