package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Queues.Backlog;
import io.steward.agent.journal.Queues.Count;
import io.steward.agent.journal.Queues.Waiter;
import io.steward.agent.journal.Queues.Waiters;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every journal knows of what waits.
abstract class QueueContract extends AskingContract {
    private static final NodeName OTHER = new NodeName("ship2");

    @Test
    void whatWaitsForANodeIsCountedAndListedTheOldestFirst() {
        Instant start = samples.now();
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Message message = samples.command();
            all.add(message);
            done(journal.accept(null, List.of(message)));
            samples.pass(Duration.ofMinutes(1));
        }
        Message other = samples.command(OTHER, Map.of());
        done(journal.accept(null, List.of(other)));
        Published where = new Published("S", start, 17, samples.now());
        done(journal.published(all.get(1).id(), where));
        done(
                journal.endSent(
                        all.get(2).id(),
                        List.of(State.QUEUED),
                        State.EXPIRED,
                        "over",
                        samples.now()));

        assertThat(journal.backlogs())
                .containsExactly(
                        new Backlog(Samples.SHIP, 4, 1, start, all.getFirst().expiresAt()),
                        new Backlog(OTHER, 1, 0, other.createdAt(), other.expiresAt()));
        Waiters ship = new Waiters(Samples.SHIP, null, null);
        assertThat(journal.countWaiting(ship))
                .isEqualTo(new Count(4, 1, start, all.getFirst().expiresAt()));
        assertThat(journal.countWaiting(new Waiters(new NodeName("nobody"), null, null)))
                .isEqualTo(new Count(0, 0, null, null));
        assertThat(listed(ship, null, 2)).containsExactly(all.get(0).id(), all.get(1).id());
        assertThat(listed(ship, all.get(1).id(), 9))
                .containsExactly(all.get(3).id(), all.get(4).id(), all.get(5).id());
        Waiters old = new Waiters(Samples.SHIP, "shellcommand", start.plus(Duration.ofMinutes(3)));
        assertThat(listed(old, null, 9)).containsExactly(all.get(0).id(), all.get(1).id());
        assertThat(journal.countWaiting(old).queued()).isEqualTo(1);
        assertThat(listed(new Waiters(Samples.SHIP, "none", null), null, 9)).isEmpty();

        assertThat(journal.waiters(ship, 99)).hasSize(5);
        assertThat(journal.waiters(ship, 3)).hasSize(3);
        assertThat(journal.waiters(Set.of(all.get(1).id(), samples.id())))
                .containsExactly(
                        new Waiter(
                                all.get(1).id(), all.get(1).subject(), State.PUBLISHED, where, 0));
    }

    @Test
    void manyAreEndedInOneTransactionEachOnce() {
        Message first = samples.command();
        Message second = samples.command();
        done(journal.accept(null, List.of(first, second)));
        List<MessageId> ids = List.of(first.id(), samples.id(), second.id(), first.id());
        assertThat(
                        done(
                                journal.endSentAll(
                                        ids,
                                        List.of(State.QUEUED),
                                        State.CANCELLED,
                                        "by hand",
                                        samples.now())))
                .containsExactly(true, false, true, false);
        assertThat(journal.processedAfter(0, 10)).hasSize(2);
    }

    @Test
    void whatIsToBeCancelledIsKnownAfterARestartUntilItHasEnded() {
        Message running = samples.command();
        done(journal.receive(List.of(new Incoming(running, "x", 1, samples.now()))));
        assertThat(journal.cancelling()).isEmpty();
        assertThat(done(journal.cancelAhead(running.id(), samples.now()))).isPresent();
        done(journal.cancelAhead(samples.id(), samples.now()));
        journal = restart();
        assertThat(journal.cancelling()).containsExactly(running.id());
        done(
                journal.finished(
                        running.id(),
                        samples.ack(running, State.CANCELLED),
                        null,
                        List.of(),
                        samples.now()));
        assertThat(journal.cancelling()).isEmpty();
    }

    @Test
    void theDeadlineOfAReceivedMessageIsTheBrokersAndIsKept() {
        Message message = samples.command();
        Instant deadline = message.expiresAt().plus(Duration.ofHours(2));
        done(journal.receive(List.of(new Incoming(message, "x", 1, samples.now(), deadline))));
        journal = restart();
        assertThat(journal.received(message.id()).orElseThrow().deadline()).isEqualTo(deadline);
        assertThat(journal.unfinishedPast(deadline.minusMillis(1), 9)).isEmpty();
        assertThat(journal.unfinishedPast(deadline, 9)).hasSize(1);
    }

    private List<MessageId> listed(Waiters which, @Nullable MessageId after, int limit) {
        return journal.waitingFor(which, after, limit, Long.MAX_VALUE).items().stream()
                .map(sent -> sent.message().id())
                .toList();
    }
}
