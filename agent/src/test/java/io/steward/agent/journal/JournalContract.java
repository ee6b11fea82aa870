package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.Journal.Seen;
import io.steward.agent.journal.Journal.SentMessage;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every journal does. Extended once for each.
abstract class JournalContract {
    final Samples samples = new Samples();
    Journal journal;

    abstract Journal open();

    /// As if the agent ended and was started again.
    abstract Journal restart();

    @BeforeEach
    void openJournal() {
        journal = open();
    }

    @AfterEach
    void closeJournal() {
        journal.close();
    }

    static <T> T done(CompletableFuture<T> future) {
        try {
            return future.orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    Message accepted() {
        Message message = samples.command();
        done(journal.accept(null, List.of(message)));
        return message;
    }

    Message published(long sequence) {
        Message message = accepted();
        done(journal.published(message.id(), samples.published(sequence)));
        return message;
    }

    Message received(long sequence) {
        Message message = samples.command();
        assertThat(done(journal.receive(List.of(samples.incoming(message, sequence)))))
                .containsExactly(new Taken.New());
        return message;
    }

    SentMessage sent(Message message) {
        return journal.sent(message.id()).orElseThrow();
    }

    State acknowledge(Message message, State state) {
        return done(journal.acknowledged(List.of(samples.ack(message, state)), samples.now()))
                .getFirst()
                .orElseThrow()
                .state();
    }

    List<Long> sequences() {
        return journal.processedAfter(0, 10_000).stream().map(Processed::sequence).toList();
    }

    // ---- sending

    @Test
    void anAcceptedMessageIsQueuedAndCanBeReadAgain() {
        Message message = samples.command(Samples.SHIP, Map.of("ticket", "42"));
        var accepted = done(journal.accept("input-1", List.of(message)));
        assertThat(accepted.fresh()).isTrue();
        assertThat(accepted.ids()).containsExactly(message.id());
        SentMessage sent = sent(message);
        assertThat(sent.message()).isEqualTo(message);
        assertThat(sent.state()).isEqualTo(State.QUEUED);
        assertThat(sent.states()).containsExactly(Map.entry(State.QUEUED, samples.now()));
        assertThat(sent.published()).isNull();
        assertThat(sent.ack()).isNull();
    }

    @Test
    void anInputKeyIsTakenOnceAlsoAfterARestart() {
        Message first = samples.command();
        Message second = samples.command();
        done(journal.accept("input-1", List.of(first, second)));
        journal = restart();
        var again = done(journal.accept("input-1", List.of(samples.command())));
        assertThat(again.fresh()).isFalse();
        assertThat(again.ids()).containsExactly(first.id(), second.id());
        assertThat(journal.queued(null, 10)).containsExactly(first, second);
    }

    @Test
    void anInputIsAcceptedAsAWholeOrNotAtAll() {
        Message known = accepted();
        Message fresh = samples.command();
        assertThatThrownBy(() -> done(journal.accept("input-2", List.of(fresh, known))))
                .isInstanceOf(JournalException.class);
        assertThat(journal.sent(fresh.id())).isEmpty();
        assertThat(done(journal.accept("input-2", List.of(fresh))).fresh()).isTrue();
    }

    @Test
    void anEmptyInputIsTakenOnceToo() {
        assertThat(done(journal.accept("nothing", List.of())).fresh()).isTrue();
        var again = done(journal.accept("nothing", List.of()));
        assertThat(again.fresh()).isFalse();
        assertThat(again.ids()).isEmpty();
    }

    @Test
    void publishingMovesOnAndKeepsWhere() {
        Message message = accepted();
        done(journal.note(message.id(), "no mailbox"));
        assertThat(sent(message).note()).isEqualTo("no mailbox");
        samples.pass(Duration.ofSeconds(1));
        done(journal.published(message.id(), samples.published(7)));
        SentMessage sent = sent(message);
        assertThat(sent.state()).isEqualTo(State.PUBLISHED);
        assertThat(sent.published()).isEqualTo(samples.published(7));
        assertThat(sent.note()).isNull();
        assertThat(sent.states()).containsOnlyKeys(State.QUEUED, State.PUBLISHED);
        assertThat(journal.queued(null, 10)).isEmpty();
    }

    @Test
    void aPubAckThatComesAfterTheAnswerDoesNotPutTheStateBack() {
        Message message = accepted();
        acknowledge(message, State.STARTED);
        done(journal.published(message.id(), samples.published(7)));
        assertThat(sent(message).state()).isEqualTo(State.STARTED);
        assertThat(sent(message).published()).isEqualTo(samples.published(7));
    }

    @Test
    void resendingCountsAndKeepsTheState() {
        Message message = published(1);
        done(journal.resending(message.id(), samples.now()));
        done(journal.published(message.id(), samples.published(9)));
        assertThat(sent(message).resends()).isEqualTo(1);
        assertThat(sent(message).state()).isEqualTo(State.PUBLISHED);
        assertThat(sent(message).published()).isEqualTo(samples.published(9));
        Message queued = accepted();
        done(journal.resending(queued.id(), samples.now()));
        assertThat(sent(queued).resends()).isZero();
    }

    @Test
    void acksMoveAMessageToItsEndWithTheOutcome() {
        Message message = published(1);
        assertThat(acknowledge(message, State.RECEIVED)).isEqualTo(State.RECEIVED);
        assertThat(acknowledge(message, State.STARTED)).isEqualTo(State.STARTED);
        samples.pass(Duration.ofSeconds(2));
        assertThat(acknowledge(message, State.FAILED)).isEqualTo(State.FAILED);
        SentMessage sent = sent(message);
        assertThat(sent.reason()).isEqualTo("exit code 2");
        assertThat(sent.ack()).isEqualTo(samples.ack(message, State.FAILED));
        assertThat(sent.states())
                .containsOnlyKeys(
                        State.QUEUED, State.PUBLISHED, State.RECEIVED, State.STARTED, State.FAILED);
        Processed processed = journal.processedAfter(0, 10).getFirst();
        assertThat(processed.at()).isEqualTo(samples.now());
        assertThat(processed.entry())
                .isEqualTo(
                        new Entry(
                                Direction.SENT, message, State.FAILED, sent.ack(), sent.states()));
    }

    @Test
    void lateRepeatedUnknownAndForeignAcksChangeNothing() {
        Message message = published(1);
        acknowledge(message, State.STARTED);
        SentMessage before = sent(message);
        samples.pass(Duration.ofSeconds(1));
        acknowledge(message, State.RECEIVED);
        acknowledge(message, State.STARTED);
        Ack foreign =
                Ack.of(message.id(), new NodeName("another"), State.SUCCEEDED, "not my message");
        assertThat(done(journal.acknowledged(List.of(foreign), samples.now())).getFirst())
                .contains(before);
        assertThat(sent(message)).isEqualTo(before);
        Ack unknown = Ack.of(samples.id(), Samples.SHIP, State.SUCCEEDED, null);
        assertThat(done(journal.acknowledged(List.of(unknown), samples.now())).getFirst())
                .isEmpty();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void anAnswerAfterTheEndIsKeptAsANote() {
        Message message = published(1);
        assertThat(end(message, State.EXPIRED, State.QUEUED, State.PUBLISHED)).isTrue();
        SentMessage before = sent(message);
        acknowledge(message, State.SUCCEEDED);
        SentMessage after = sent(message);
        assertThat(after.state()).isEqualTo(State.EXPIRED);
        assertThat(after.states()).isEqualTo(before.states());
        assertThat(after.note()).contains("late answer").contains("succeeded");
        assertThat(sequences()).containsExactly(1L);
    }

    private boolean end(Message message, State end, State... ifIn) {
        return done(journal.endSent(message.id(), List.of(ifIn), end, "because", samples.now()));
    }

    @Test
    void endingHereHoldsOnlyInTheStatesGiven() {
        Message message = published(1);
        assertThat(end(message, State.CANCELLED, State.QUEUED)).isFalse();
        assertThat(end(message, State.CANCELLED, State.PUBLISHED)).isTrue();
        assertThat(end(message, State.EXPIRED, State.PUBLISHED, State.CANCELLED)).isFalse();
        assertThat(sent(message).state()).isEqualTo(State.CANCELLED);
        assertThat(sent(message).reason()).isEqualTo("because");
        assertThat(sent(message).ack()).isNull();
        assertThatThrownBy(() -> end(message, State.STARTED, State.QUEUED))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPublishedMessageIsDueForALookAfterItsAckTimeout() {
        Message message = published(1);
        accepted();
        assertThat(journal.dueForLook(samples.now().plusSeconds(29), 10)).isEmpty();
        assertThat(due(30)).containsExactly(message.id());
        done(journal.lookAgain(List.of(message.id()), samples.now().plusSeconds(90), 1));
        assertThat(due(89)).isEmpty();
        assertThat(due(90)).containsExactly(message.id());
        assertThat(sent(message).looks()).isEqualTo(1);
        done(journal.lookNow(new NodeName("another"), samples.now()));
        assertThat(due(0)).isEmpty();
        done(journal.lookNow(Samples.SHIP, samples.now()));
        assertThat(due(0)).containsExactly(message.id());
        acknowledge(message, State.RECEIVED);
        assertThat(due(1_000)).isEmpty();
    }

    private List<MessageId> due(int seconds) {
        return journal.dueForLook(samples.now().plusSeconds(seconds), 10).stream()
                .map(sent -> sent.message().id())
                .toList();
    }

    @Test
    void messagesToManyNodesAreDueForALookUpToTheLimit() {
        for (int i = 0; i < 20; i++) {
            Message message = samples.command(new NodeName("node" + i % 7), Map.of());
            done(journal.accept(null, List.of(message)));
            done(journal.published(message.id(), samples.published(i)));
        }
        assertThat(journal.dueForLook(samples.now().plusSeconds(30), 100)).hasSize(20);
        assertThat(journal.dueForLook(samples.now().plusSeconds(30), 11)).hasSize(11);
    }

    @Test
    void overdueIsWhatPassedItsDeadline() {
        Message queued = accepted();
        Message running = published(1);
        acknowledge(running, State.STARTED);
        Message longRunning =
                samples.command(Samples.CENTRAL, Samples.SHIP, Map.of(), Duration.ofHours(2));
        done(journal.accept(null, List.of(longRunning)));
        acknowledge(longRunning, State.RECEIVED);
        Message over = published(2);
        acknowledge(over, State.SUCCEEDED);
        Instant expires = queued.expiresAt();
        assertThat(overdue(expires.minusMillis(1))).isEmpty();
        assertThat(overdue(expires)).containsExactly(queued.id());
        assertThat(overdue(expires.plusSeconds(70)))
                .containsExactlyInAnyOrder(queued.id(), running.id());
        assertThat(overdue(expires.plusSeconds(7210)))
                .containsExactlyInAnyOrder(queued.id(), running.id(), longRunning.id());
    }

    private List<MessageId> overdue(Instant now) {
        return journal.overdue(now, Duration.ofSeconds(60), Duration.ofSeconds(10), 10).stream()
                .map(sent -> sent.message().id())
                .toList();
    }

    // ---- ACKs that wait to be sent

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

    // ---- receiving

    @Test
    void aKnownIdIsNotTakenInAgain() {
        Message message = received(1);
        done(journal.started(message.id(), 1, "boot-1", samples.now()));
        journal = restart();
        Taken again = done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst();
        assertThat(again).isInstanceOf(Taken.Known.class);
        if (again instanceof Taken.Known(var known)) {
            assertThat(known.message()).isEqualTo(message);
            assertThat(known.state()).isEqualTo(State.STARTED);
        }
        assertThat(journal.unfinishedCount()).isEqualTo(1);
    }

    @Test
    void twoCopiesInOneBatchAreOneMessage() {
        Message message = samples.command();
        List<Taken> taken =
                done(
                        journal.receive(
                                List.of(
                                        samples.incoming(message, 2),
                                        samples.incoming(message, 1))));
        assertThat(taken.getFirst()).isInstanceOf(Taken.Known.class);
        assertThat(taken.getLast()).isInstanceOf(Taken.New.class);
    }

    @Test
    void theSameIdWithAnotherBodyIsAConflict() {
        Message message = received(1);
        assertThat(done(journal.receive(List.of(new Incoming(message, "x", 2, samples.now())))))
                .containsExactly(new Taken.Conflict());
    }

    @Test
    void aMessageCancelledAheadIsNeverUnfinished() {
        Message message = samples.command();
        assertThat(done(journal.cancelAhead(message.id(), samples.now()))).isEmpty();
        assertThat(done(journal.cancelAhead(message.id(), samples.now()))).isEmpty();
        journal = restart();
        Taken taken = done(journal.receive(List.of(samples.incoming(message, 1)))).getFirst();
        assertThat(taken).isInstanceOf(Taken.CancelledBefore.class);
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.CANCELLED);
        assertThat(journal.unfinished(null, 10)).isEmpty();
        assertThat(sequences()).containsExactly(1L);
        Message ack = ((Taken.CancelledBefore) taken).ack();
        assertThat(journal.queued(null, 10)).containsExactly(ack);
        assertThat(ack.subject().node()).isEqualTo(message.from());
        assertThat(done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst())
                .isInstanceOf(Taken.Known.class);
    }

    @Test
    void cancellingAheadWhatIsKnownTellsHowItIs() {
        Message message = received(1);
        assertThat(done(journal.cancelAhead(message.id(), samples.now())).orElseThrow().state())
                .isEqualTo(State.RECEIVED);
    }

    @Test
    void finishingEndsQueuesTheAckAndWritesTheProcessedRow() {
        Message message = received(1);
        done(journal.started(message.id(), 1, "boot-1", samples.now()));
        samples.pass(Duration.ofSeconds(3));
        Message copy = samples.command(new NodeName("ship2"), Map.of());
        Ack outcome = samples.ack(message, State.FAILED);
        Message ack = samples.ackMessage(message, State.FAILED);
        assertThat(done(journal.finished(message.id(), outcome, ack, List.of(copy), samples.now())))
                .isTrue();
        var after = journal.received(message.id()).orElseThrow();
        assertThat(after.state()).isEqualTo(State.FAILED);
        assertThat(after.outcome()).isEqualTo(outcome);
        assertThat(after.attempt()).isEqualTo(1);
        assertThat(after.bootId()).isEqualTo("boot-1");
        assertThat(after.states()).containsOnlyKeys(State.RECEIVED, State.STARTED, State.FAILED);
        assertThat(journal.queued(null, 10)).containsExactlyInAnyOrder(ack, copy);
        assertThat(journal.unfinishedCount()).isZero();
        assertThat(sequences()).containsExactly(1L);
        assertThat(
                        done(
                                journal.finished(
                                        message.id(),
                                        samples.ack(message, State.SUCCEEDED),
                                        null,
                                        List.of(),
                                        samples.now())))
                .isFalse();
        assertThat(journal.received(message.id()).orElseThrow()).isEqualTo(after);
    }

    @Test
    void whatHasEndedIsNotStarted() {
        Message message = received(1);
        done(journal.finishedAll(List.of(samples.finish(message, State.CANCELLED))));
        assertThatThrownBy(() -> done(journal.started(message.id(), 1, "boot-1", samples.now())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("cancelled");
        assertThatThrownBy(() -> done(journal.started(samples.id(), 1, "boot-1", samples.now())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("never received");
    }

    @Test
    void unfinishedMessagesComeInTheOrderTheBrokerStoredThem() {
        Message third = samples.command();
        Message first = samples.command();
        Message second = samples.command();
        done(
                journal.receive(
                        List.of(
                                samples.incoming(third, 12),
                                samples.incoming(first, 10),
                                samples.incoming(second, 11))));
        Message inANewMailbox = received(1);
        done(journal.started(second.id(), 2, "boot-1", samples.now()));
        done(journal.finishedAll(List.of(samples.finish(third, State.SUCCEEDED))));
        journal = restart();
        var page = journal.unfinished(null, 2);
        assertThat(page).extracting(r -> r.message().id()).containsExactly(first.id(), second.id());
        assertThat(page.getLast().attempt()).isEqualTo(2);
        assertThat(journal.unfinished(page.getLast(), 10))
                .extracting(received -> received.message().id())
                .containsExactly(inANewMailbox.id());
        assertThat(journal.unfinishedCount()).isEqualTo(3);
    }

    @Test
    void aNodeThatSendsToItselfHasTheMessageInBothLists() {
        Message message = accepted();
        done(journal.receive(List.of(samples.incoming(message, 1))));
        done(journal.finishedAll(List.of(samples.finish(message, State.SUCCEEDED))));
        assertThat(sent(message).state()).isEqualTo(State.QUEUED);
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.SUCCEEDED);
        accepted();
        assertThat(journal.history(Query.all(), null, 2))
                .extracting(Entry::direction)
                .containsExactly(Direction.SENT, Direction.RECEIVED, Direction.SENT);
    }

    @Test
    void deadLettersAreKeptNewestFirst() {
        for (int i = 1; i <= 3; i++) {
            done(
                    journal.deadLetter(
                            new DeadLetter(
                                    "ship1.event.x.y",
                                    i,
                                    new byte[] {(byte) i, 0},
                                    "not JSON",
                                    samples.now())));
        }
        assertThat(journal.deadLetters(2)).extracting(DeadLetter::sequence).containsExactly(3L, 2L);
        assertThat(journal.deadLetters(1).getFirst().payload()).containsExactly(3, 0);
    }

    // ---- asking

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

    private List<MessageId> ids(
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
                                oldest.createdAt()),
                        new Waiting(
                                Samples.SHIP,
                                oldest.subject(),
                                State.PUBLISHED,
                                1,
                                published.createdAt()));
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
        assertThatThrownBy(() -> journal.queued(null, 1))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.CLOSED));
    }

    // ---- the states, whatever comes in whatever order

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyMessageEndsOnceWhateverComesInWhateverOrder(long seed) {
        Random random = new Random(seed);
        List<Message> outgoing = new ArrayList<>();
        List<Message> incoming = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            outgoing.add(samples.command());
            incoming.add(samples.command());
        }
        done(journal.accept("all", outgoing));
        Map<Message, State> states = new HashMap<>();
        for (int step = 0; step < 250; step++) {
            samples.pass(Duration.ofMillis(random.nextInt(50)));
            if (random.nextInt(60) == 0) {
                journal = restart();
            }
            Message sent = outgoing.get(random.nextInt(outgoing.size()));
            disturbSent(random, sent);
            checkMove(states, sent, sent(sent).state());
            Message received = incoming.get(random.nextInt(incoming.size()));
            disturbReceived(random, received);
            journal.received(received.id())
                    .ifPresent(now -> checkMove(states, received, now.state()));
        }
        long ended = states.values().stream().filter(State::isEnd).count();
        List<Processed> rows = journal.processedAfter(0, 1_000);
        assertThat(rows).as("seed %d", seed).hasSize((int) ended);
        assertThat(rows.stream().map(row -> row.entry().message().id()))
                .as("seed %d", seed)
                .doesNotHaveDuplicates();
        assertThat(sequences()).isEqualTo(LongStream.rangeClosed(1, ended).boxed().toList());
        long counted =
                journal.counts().values().stream()
                        .flatMap(counts -> counts.entrySet().stream())
                        .filter(count -> count.getKey().isEnd())
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        assertThat(counted).isEqualTo(ended);
    }

    private static void checkMove(Map<Message, State> states, Message message, State now) {
        State before = states.put(message, now);
        assertThat(before == null || before == now || before.mayBecome(now))
                .as("%s went from %s to %s", message.id(), before, now)
                .isTrue();
    }

    private static final List<State> TOLD =
            List.of(
                    State.RECEIVED,
                    State.RECEIVED,
                    State.STARTED,
                    State.STARTED,
                    State.SUCCEEDED,
                    State.FAILED,
                    State.INTERRUPTED,
                    State.REFUSED,
                    State.EXPIRED,
                    State.CANCELLED);

    private void disturbSent(Random random, Message message) {
        switch (random.nextInt(6)) {
            case 0 -> done(journal.published(message.id(), samples.published(random.nextInt(99))));
            case 1 -> done(journal.resending(message.id(), samples.now()));
            case 2 -> {
                if (random.nextInt(5) == 0) {
                    end(message, State.CANCELLED, State.QUEUED, State.PUBLISHED);
                }
            }
            case 3 -> done(journal.accept("all", List.of(message)));
            default -> acknowledge(message, TOLD.get(random.nextInt(TOLD.size())));
        }
    }

    private void disturbReceived(Random random, Message message) {
        boolean known = journal.received(message.id()).isPresent();
        switch (random.nextInt(5)) {
            case 0, 1 -> done(journal.receive(List.of(samples.incoming(message, 1))));
            case 2 -> {
                if (random.nextInt(4) == 0) {
                    done(journal.cancelAhead(message.id(), samples.now()));
                }
            }
            case 3 -> {
                if (known && !journal.received(message.id()).orElseThrow().state().isEnd()) {
                    done(journal.started(message.id(), 1, "boot", samples.now()));
                }
            }
            default -> {
                if (known) {
                    State end = TOLD.get(4 + random.nextInt(TOLD.size() - 4));
                    done(journal.finishedAll(List.of(samples.finish(message, end))));
                }
            }
        }
    }
}
