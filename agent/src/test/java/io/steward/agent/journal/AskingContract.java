package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.Journal.Seen;
import io.steward.agent.journal.Journal.Taken;
import io.steward.agent.journal.Journal.Waiting;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What every journal answers, tells and removes.
abstract class AskingContract extends ReceivingContract {

    @Test
    void historyFindsByEveryCriterionPageByPage() {
        Instant start = samples.now();
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Message message =
                    samples.command(
                            new NodeName("node" + i % 3),
                            i % 2 == 0 ? Map.of("ticket", "t" + i % 4) : Map.of());
            all.addFirst(message);
            done(journal.accept(null, List.of(message)));
            samples.pass(Duration.ofSeconds(1));
        }
        acknowledgeFrom(all.getFirst());
        assertThat(ids(Query.all(), null, 5))
                .containsExactlyElementsOf(all.subList(0, 5).stream().map(Message::id).toList());
        assertThat(ids(Query.all(), all.get(4).id(), 100)).hasSize(7);
        assertThat(ids(new Query(null, State.SUCCEEDED, null, null, null, null, null), null, 100))
                .containsExactly(all.getFirst().id());
        assertThat(
                        ids(
                                new Query(
                                        null, null, new NodeName("node1"), null, null, null, null),
                                null,
                                100))
                .hasSize(4);
        assertThat(ids(new Query(Direction.RECEIVED, null, null, null, null, null, null), null, 9))
                .isEmpty();
        assertThat(ids(new Query(null, null, null, "shellcommand", null, null, null), null, 100))
                .hasSize(12);
        assertThat(ids(new Query(null, null, null, "other", null, null, null), null, 100))
                .isEmpty();
        assertThat(ids(new Query(null, null, null, null, "ticket", null, null), null, 100))
                .hasSize(6)
                .isSortedAccordingTo(java.util.Comparator.reverseOrder());
        assertThat(ids(new Query(null, null, null, null, "ticket=t2", null, null), null, 100))
                .hasSize(3);
        assertThat(
                        ids(
                                new Query(
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        start.plusSeconds(2),
                                        start.plusSeconds(4)),
                                null,
                                100))
                .hasSize(2);
    }

    private void acknowledgeFrom(Message message) {
        acknowledge(message, State.SUCCEEDED);
    }

    List<MessageId> ids(
            Query query, @org.jspecify.annotations.Nullable MessageId before, int limit) {
        return journal.history(query, before, limit).stream()
                .map(entry -> entry.message().id())
                .toList();
    }

    @Test
    void countsAndWaitingSayHowManyAreInEachState() {
        Message oldest = accepted();
        samples.pass(Duration.ofSeconds(5));
        accepted();
        Message published = published(1);
        acknowledge(published(2), State.SUCCEEDED);
        received(1);
        assertThat(journal.counts())
                .isEqualTo(
                        Map.of(
                                Direction.SENT,
                                Map.of(State.QUEUED, 2L, State.PUBLISHED, 1L, State.SUCCEEDED, 1L),
                                Direction.RECEIVED,
                                Map.of(State.RECEIVED, 1L)));
        assertThat(journal.waiting())
                .containsExactlyInAnyOrder(
                        new Waiting(
                                Samples.SHIP,
                                oldest.subject(),
                                State.QUEUED,
                                2,
                                oldest.createdAt(),
                                oldest.expiresAt()),
                        new Waiting(
                                Samples.SHIP,
                                oldest.subject(),
                                State.PUBLISHED,
                                1,
                                published.createdAt(),
                                published.expiresAt()));
        Map<Direction, Map<State, Long>> before = journal.counts();
        journal = restart();
        assertThat(journal.counts()).isEqualTo(before);
    }

    @Test
    void nodesThatSaidHelloAreRemembered() {
        done(journal.sawNode(Samples.SHIP, "{}", samples.now()));
        samples.pass(Duration.ofSeconds(1));
        done(journal.sawNode(Samples.SHIP, "{\"os\":\"linux\"}", samples.now()));
        journal = restart();
        assertThat(journal.seenNodes())
                .containsExactly(
                        Map.entry(Samples.SHIP, new Seen(samples.now(), "{\"os\":\"linux\"}")));
    }

    // ---- processed log, pruning

    @Test
    void processedRowsCountUpWithoutGapsAcrossRestartsAndPruning() {
        for (int i = 0; i < 3; i++) {
            acknowledge(published(i), State.SUCCEEDED);
        }
        journal.logged(3);
        samples.pass(Duration.ofDays(9));
        assertThat(journal.prune(samples.now())).isEqualTo(3);
        journal = restart();
        acknowledge(published(9), State.SUCCEEDED);
        assertThat(sequences()).containsExactly(4L);
        assertThat(journal.processedLast(5)).extracting(Processed::sequence).containsExactly(4L);
    }

    @Test
    void theLastProcessedRowsComeOldestFirst() {
        for (int i = 0; i < 5; i++) {
            acknowledge(published(i), State.SUCCEEDED);
        }
        assertThat(journal.processedLast(2))
                .extracting(Processed::sequence)
                .containsExactly(4L, 5L);
        assertThat(journal.processedAfter(1, 2))
                .extracting(Processed::sequence)
                .containsExactly(2L, 3L);
    }

    @Test
    void whoListensIsToldOfEachEnd() throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        journal.onProcessed(told::countDown);
        acknowledge(published(1), State.SUCCEEDED);
        done(journal.finishedAll(List.of(samples.finish(received(1), State.REFUSED))));
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pruningRemovesOnlyWhatEndedBeforeAndIsLogged() {
        Message open = published(1);
        Message old = samples.command(Samples.SHIP, Map.of("a", "b"));
        done(journal.accept("old-input", List.of(old)));
        acknowledge(old, State.SUCCEEDED);
        samples.pass(Duration.ofDays(2));
        Message recent = published(3);
        acknowledge(recent, State.SUCCEEDED);
        Instant before = samples.now().minus(Duration.ofDays(1));
        assertThat(journal.prune(before)).isZero();
        journal.logged(2);
        assertThat(journal.prune(before)).isEqualTo(1);
        assertThat(journal.sent(old.id())).isEmpty();
        assertThat(ids(new Query(null, null, null, null, "a=b", null, null), null, 9)).isEmpty();
        assertThat(journal.sent(open.id())).isPresent();
        assertThat(journal.sent(recent.id())).isPresent();
        assertThat(sequences()).containsExactly(2L);
        assertThat(journal.counts().get(Direction.SENT))
                .isEqualTo(Map.of(State.PUBLISHED, 1L, State.SUCCEEDED, 1L));
        assertThat(done(journal.accept("old-input", List.of())).fresh()).isTrue();
    }

    @Test
    void aReceivedIdIsKnownForAsLongAsACopyMayCome() {
        Message message = received(1);
        done(journal.finishedAll(List.of(samples.finish(message, State.SUCCEEDED))));
        done(journal.deadLetter(new DeadLetter("ship1.x", 1, new byte[0], "bad", samples.now())));
        journal.logged(1);
        samples.pass(Message.DEFAULT_EXPIRY.plus(Duration.ofHours(23)));
        assertThat(journal.prune(samples.now())).isZero();
        assertThat(journal.deadLetters(9)).isEmpty();
        assertThat(done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst())
                .isInstanceOf(Taken.Known.class);
        samples.pass(Duration.ofHours(2));
        assertThat(journal.prune(samples.now())).isEqualTo(1);
        assertThat(journal.received(message.id())).isEmpty();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void pruningGoesOnPastOneStep() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < Pruning.STEP * 2 + 7; i++) {
            messages.add(samples.command());
        }
        done(journal.accept(null, messages));
        List<Ack> acks = messages.stream().map(m -> samples.ack(m, State.SUCCEEDED)).toList();
        done(journal.acknowledged(acks, samples.now()));
        journal.logged(Long.MAX_VALUE);
        samples.pass(Duration.ofDays(8));
        assertThat(journal.prune(samples.now())).isEqualTo(messages.size());
        assertThat(journal.counts().get(Direction.SENT)).isEmpty();
    }

    @Test
    void aClosedJournalRefuses() {
        journal.close();
        journal.close();
        assertThatThrownBy(() -> done(journal.accept(null, List.of())))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.CLOSED));
        assertThatThrownBy(() -> journal.queued(1))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.CLOSED));
    }

    @Test
    void aValueIsKeptByItsName() {
        assertThat(journal.kept("tags")).isEmpty();
        done(journal.keep("tags", "one"));
        done(journal.keep("tags", "two"));
        journal = restart();
        assertThat(journal.kept("tags")).contains("two");
        assertThat(journal.kept("other")).isEmpty();
    }
}
