package io.steward.agent.journal;

import static io.steward.agent.journal.JournalFixture.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Journal.Taken;
import io.steward.agent.journal.JournalModel.Known;
import io.steward.agent.journal.JournalModel.Row;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// A random walk of a journal beside its model: what may happen to messages, as it comes, several
/// things in one commit, and restarts in between. After each step the journal has to say what the
/// model says.
final class JournalWalk {
    private static final int MESSAGES = 12;
    private static final int LOOK = 50;

    /// So many of the newest are looked at each time; all of them at the end.
    private static final int LOOKED_AT = 60;

    private static final NodeName ELSEWHERE = new NodeName("elsewhere");
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

    private final Samples samples;
    private final long seed;
    private final Random random;
    private final Supplier<Journal> reopen;
    private final JournalModel model = new JournalModel();
    private final List<Message> outgoing = new ArrayList<>();
    private final List<Message> incoming = new ArrayList<>();
    private final List<MessageId> acks = new ArrayList<>();

    /// What is still to be looked at when the journal has done it, in order.
    private final List<Runnable> open = new ArrayList<>();

    private Journal journal;
    private long lastRow;
    private long sequence;
    private int inputs;

    /// @param reopen gives the journal as it is after a restart; the one before is closed then
    JournalWalk(Samples samples, long seed, Journal journal, Supplier<Journal> reopen) {
        this.samples = samples;
        this.seed = seed;
        this.random = new Random(seed);
        this.journal = journal;
        this.reopen = reopen;
    }

    void go(int steps) {
        int step = 0;
        try {
            for (; step < steps; step++) {
                samples.pass(Duration.ofMillis(random.nextInt(50)));
                for (int i = random.nextInt(4); i >= 0; i--) {
                    happens();
                }
                open.forEach(Runnable::run);
                open.clear();
                rows();
                if (random.nextInt(80) == 0) {
                    journal.close();
                    journal = reopen.get();
                    look(LOOKED_AT);
                } else if (step % LOOK == 0) {
                    look(LOOKED_AT);
                }
            }
            look(Integer.MAX_VALUE);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed %d, step %d: %s".formatted(seed, step, e), e);
        } finally {
            journal.close();
        }
    }

    private <T> void expect(CompletableFuture<T> write, T expected, Supplier<String> what) {
        open.add(() -> assertThat(done(write)).as(what).isEqualTo(expected));
    }

    private void expectNothing(CompletableFuture<Void> write) {
        open.add(() -> done(write));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /// One of the last few, so that most of them come to their end, and some hear more after it.
    private Message outgoing() {
        if (outgoing.isEmpty() || random.nextInt(8) == 0) {
            accept();
        }
        return any(last(outgoing, MESSAGES));
    }

    private Message incoming() {
        if (incoming.isEmpty() || random.nextInt(10) == 0) {
            incoming.add(samples.command());
        }
        return any(last(incoming, MESSAGES));
    }

    private static <T> List<T> last(List<T> all, int most) {
        return all.subList(Math.max(0, all.size() - most), all.size());
    }

    private void happens() {
        switch (random.nextInt(17)) {
            case 0 -> accept();
            case 1, 2 -> publish();
            case 3, 4, 5, 6 -> acknowledge();
            case 7 -> endSent();
            case 8 -> {
                MessageId id = outgoing().id();
                model.resending(id);
                expectNothing(journal.resending(id, samples.now()));
                expectNothing(journal.lookNow(Samples.SHIP, samples.now()));
            }
            case 9, 10, 11 -> receive();
            case 12, 13 -> start();
            case 14 -> finish();
            case 15 -> {
                MessageId id = incoming().id();
                Optional<State> found = model.cancelAhead(id);
                expect(
                        journal.cancelAhead(id, samples.now())
                                .thenApply(known -> known.map(ReceivedMessage::state)),
                        found,
                        () -> "cancelling " + id);
            }
            default -> {
                if (random.nextInt(10) == 0) {
                    giveUp();
                }
            }
        }
    }

    private void accept() {
        String key = "input-" + (inputs > 0 && random.nextInt(3) == 0 ? inputs : ++inputs);
        List<Message> messages = List.of(samples.command(), samples.command());
        boolean fresh = !model.inputs.containsKey(key);
        List<MessageId> ids = model.accept(key, messages);
        if (fresh) {
            outgoing.addAll(messages);
        }
        expect(journal.accept(key, messages), new Accepted(ids, fresh), () -> "accepting " + key);
    }

    private void publish() {
        MessageId id =
                !acks.isEmpty() && random.nextInt(3) == 0
                        ? any(last(acks, MESSAGES))
                        : outgoing().id();
        model.published(id);
        expectNothing(journal.published(id, samples.published(++sequence)));
    }

    private void acknowledge() {
        List<Ack> told = new ArrayList<>();
        List<Optional<State>> expected = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Message about = random.nextInt(20) == 0 ? samples.command() : outgoing();
            boolean byItsNode = random.nextInt(10) > 0;
            Ack ack = ack(about, byItsNode ? Samples.SHIP : ELSEWHERE, any(TOLD));
            for (int copies = random.nextInt(5) == 0 ? 2 : 1; copies > 0; copies--) {
                told.add(ack);
                expected.add(model.acknowledged(about.id(), ack.state(), byItsNode));
            }
        }
        expect(journal.acknowledged(told, samples.now()), expected, () -> "what was told: " + told);
    }

    private Ack ack(Message about, NodeName node, State state) {
        boolean frame = state == State.STARTED && random.nextBoolean();
        return new Ack(
                about.id(),
                node,
                state,
                null,
                null,
                null,
                frame ? Output.of("piece\n") : Output.EMPTY,
                Output.EMPTY,
                0,
                0,
                false,
                null,
                null,
                state == State.RECEIVED ? 0 : 1 + random.nextInt(3),
                null);
    }

    private void endSent() {
        MessageId id = outgoing().id();
        State end = random.nextBoolean() ? State.EXPIRED : State.CANCELLED;
        List<State> ifIn =
                any(
                        List.of(
                                List.of(State.QUEUED),
                                List.of(State.QUEUED, State.PUBLISHED),
                                List.of(State.PUBLISHED, State.RECEIVED),
                                List.of(State.STARTED),
                                List.of(State.SUCCEEDED, State.CANCELLED)));
        boolean changes = model.endSent(id, ifIn, end);
        expect(journal.endSent(id, ifIn, end, "so", samples.now()), changes, () -> "ending " + id);
    }

    private void receive() {
        List<Incoming> batch = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Message message = incoming();
            String body = (random.nextInt(8) == 0 ? "another body of " : "body of ") + message.id();
            batch.add(new Incoming(message, body, ++sequence, samples.now()));
        }
        Map<Incoming, String> becomes = new HashMap<>();
        Map<MessageId, String> bodies = new HashMap<>(this.bodies);
        batch.forEach(each -> {
            String first = bodies.putIfAbsent(each.message().id(), each.bodyHash());
            becomes.put(
                    each,
                    model.receive(each.message(), first == null || first.equals(each.bodyHash())));
        });
        this.bodies.putAll(bodies);
        Collections.shuffle(batch, random); // they are taken in by sequence all the same
        CompletableFuture<List<String>> taken =
                journal.receive(batch).thenApply(all -> all.stream().map(this::word).toList());
        expect(taken, batch.stream().map(becomes::get).toList(), () -> "taking in " + batch);
    }

    /// The body with which each message was taken in.
    private final Map<MessageId, String> bodies = new HashMap<>();

    private String word(Taken taken) {
        return switch (taken) {
            case Taken.New _ -> "new";
            case Taken.Known _ -> "known";
            case Taken.Conflict _ -> "conflict";
            case Taken.CancelledBefore(Message ack) -> {
                model.waitingAcks.add(ack.id());
                acks.add(ack.id());
                yield "cancelled";
            }
            case Taken.Refused(Message ack) -> {
                model.waitingAcks.add(ack.id());
                acks.add(ack.id());
                yield "refused";
            }
        };
    }

    private void start() {
        MessageId id = incoming().id();
        boolean may = model.started(id);
        Known known = model.received.get(id);
        CompletableFuture<Void> mark =
                journal.started(id, known == null ? 1 : known.starts, "boot", samples.now());
        if (may) {
            expectNothing(mark);
        } else {
            open.add(() ->
                    assertThatThrownBy(() -> done(mark))
                            .as("starting %s", id)
                            .isInstanceOf(JournalException.class));
        }
    }

    private void finish() {
        List<Finish> finishes = new ArrayList<>();
        List<Boolean> changes = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Message message = incoming();
            if (model.received.containsKey(message.id())) {
                State end = TOLD.get(4 + random.nextInt(TOLD.size() - 4));
                Ack outcome = Ack.of(message.id(), Samples.SHIP, end, null);
                Message ack =
                        Message.ofAck(samples.id(), Samples.SHIP, message, outcome, samples.now());
                acks.add(ack.id());
                changes.add(model.finished(message.id(), end, ack.id()));
                finishes.add(new Finish(message.id(), outcome, ack, List.of(), samples.now()));
            }
        }
        expect(journal.finishedAll(finishes), changes, () -> "ending " + finishes);
    }

    private void giveUp() {
        int kept = random.nextInt(4);
        Set<MessageId> keep = Set.copyOf(incoming.stream().limit(kept).map(Message::id).toList());
        List<MessageId> forgotten = model.giveUp(keep::contains);
        bodies.keySet().removeAll(forgotten);
        expect(journal.giveUpUnstarted(keep::contains), forgotten, () -> "giving up");
    }

    // ---- looking

    /// Each end is one row of the processed log, in the order of ending, and no row is changed.
    private void rows() {
        List<Processed> rows = journal.processedAfter(lastRow, 1_000);
        assertThat(
                        rows.stream()
                                .map(row ->
                                        new Row(
                                                row.entry().direction(),
                                                row.entry().message().id(),
                                                row.entry().state()))
                                .toList())
                .isEqualTo(model.newRows());
        assertThat(rows.stream().map(Processed::sequence).toList())
                .isEqualTo(
                        LongStream.rangeClosed(lastRow + 1, lastRow + rows.size())
                                .boxed()
                                .toList());
        lastRow += rows.size();
        assertThat(journal.lastProcessed()).isEqualTo(lastRow);
    }

    private void look(int newest) {
        for (Message message : last(outgoing, newest)) {
            MessageId id = message.id();
            Known known = Objects.requireNonNull(model.sent.get(id));
            SentMessage there = journal.sent(id).orElseThrow();
            assertThat(there.state()).as("state of %s", id).isEqualTo(known.state);
            assertThat(there.resends()).as("resends of %s", id).isEqualTo(known.resends);
            assertThat(there.states()).as("states of %s", id).containsKey(known.state);
            assertThat(there.states().keySet().stream().filter(JournalModel.ENDS::contains))
                    .hasSize(known.hasEnded() ? 1 : 0);
        }
        for (Message message : last(incoming, newest)) {
            Known known = model.received.get(message.id());
            Optional<ReceivedMessage> there = journal.received(message.id());
            assertThat(there.isPresent()).as("%s is there", message.id()).isEqualTo(known != null);
            if (known != null) {
                assertThat(there.orElseThrow().state()).isEqualTo(known.state);
                assertThat(there.orElseThrow().attempt()).isEqualTo(known.starts);
                assertThat(there.orElseThrow().outcome() != null).isEqualTo(known.hasEnded());
            }
        }
        last(acks, newest)
                .forEach(ack ->
                        assertThat(journal.ackWaits(ack))
                                .as("ACK %s waits", ack)
                                .isEqualTo(model.waitingAcks.contains(ack)));
        List<MessageId> unfinished =
                model.received.values().stream()
                        .filter(known -> !known.hasEnded())
                        .map(known -> known.message.id())
                        .toList();
        assertThat(journal.unfinished(null, 10_000).stream().map(each -> each.message().id()))
                .containsExactlyElementsOf(unfinished);
        assertThat(journal.unfinished(Direction.RECEIVED)).isEqualTo(unfinished.size());
        assertThat(journal.cancelling())
                .containsExactlyInAnyOrderElementsOf(
                        model.received.values().stream()
                                .filter(known -> known.cancelling)
                                .map(known -> known.message.id())
                                .toList());
        assertThat(
                        journal.queued(100_000).stream()
                                .map(Message::id)
                                .filter(model.sent::containsKey))
                .containsExactlyElementsOf(
                        model.sent.values().stream()
                                .filter(known -> known.state == State.QUEUED)
                                .map(known -> known.message.id())
                                .toList());
        counts(Direction.SENT, model.sent);
        counts(Direction.RECEIVED, model.received);
    }

    private void counts(Direction direction, Map<MessageId, Known> all) {
        Map<State, Long> expected = new EnumMap<>(State.class);
        all.values().forEach(known -> expected.merge(known.state, 1L, Long::sum));
        Map<State, Long> there = new EnumMap<>(journal.counts().getOrDefault(direction, Map.of()));
        there.values().removeIf(count -> count == 0);
        assertThat(there).isEqualTo(expected);
    }
}
