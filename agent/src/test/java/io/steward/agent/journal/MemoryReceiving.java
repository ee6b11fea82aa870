package io.steward.agent.journal;

import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The receiving side of a [MemoryJournal].
abstract class MemoryReceiving extends MemorySending {

    MemoryReceiving(InstantSource clock) {
        super(clock);
    }

    @Override
    public CompletableFuture<List<Taken>> receive(List<Incoming> messages) {
        return write(() -> {
            IdentityHashMap<Incoming, Taken> taken = new IdentityHashMap<>();
            messages.stream()
                    .sorted(Comparator.comparingLong(Incoming::sequence))
                    .forEach(incoming -> taken.put(incoming, receive(incoming)));
            List<Taken> inOrder = new ArrayList<>();
            messages.forEach(incoming -> inOrder.add(taken.get(incoming)));
            return inOrder;
        });
    }

    private Taken receive(Incoming incoming) {
        Message message = incoming.message();
        MemoryRow known = row(Direction.RECEIVED, message.id());
        if (known != null) {
            return incoming.bodyHash().equals(known.hash)
                    ? new Taken.Known(known.toReceived())
                    : new Taken.Conflict();
        }
        MemoryRow row =
                new MemoryRow(
                        Direction.RECEIVED, ++lastSeq, message, incoming.bodyHash(), incoming.at());
        row.deadline = incoming.deadline();
        row.attempt = incoming.starts();
        table(Direction.RECEIVED).put(message.id(), row);
        boolean wasCancelled = cancelled.remove(message.id()) != null;
        String refusal = incoming.refusal();
        if (refusal != null) {
            return new Taken.Refused(end(row, State.REFUSED, refusal, incoming.at()));
        }
        return wasCancelled
                ? new Taken.CancelledBefore(
                        end(row, State.CANCELLED, Receiving.CANCELLED_BEFORE, incoming.at()))
                : new Taken.New();
    }

    private Message end(MemoryRow row, State end, String why, Instant at) {
        NodeName here = row.message.subject().node();
        row.ack = Ack.of(row.message.id(), here, end, why);
        Message ack = Message.ofAck(ids.next(), here, row.message, row.ack, at);
        move(row, end, why, at);
        queue(ack, at);
        return ack;
    }

    @Override
    public CompletableFuture<Void> deadLetter(DeadLetter letter) {
        return write(() -> deadLetters.addFirst(letter));
    }

    @Override
    public synchronized List<DeadLetter> deadLetters(int limit) {
        requireOpen();
        return deadLetters.stream().limit(limit).toList();
    }

    @Override
    public CompletableFuture<Void> started(MessageId id, int attempt, String bootId, Instant at) {
        return write(() -> {
            if (startFailure != null) {
                throw startFailure;
            }
            MemoryRow row = known(id);
            if (row.state.isEnd()) {
                throw new JournalException(
                        JournalException.Kind.OTHER,
                        "message %s has ended as %s: it must not be started"
                                .formatted(id, row.state));
            }
            onStarted.run();
            row.state = State.STARTED;
            row.states.put(State.STARTED, at.truncatedTo(ChronoUnit.MILLIS));
            row.attempt = attempt;
            row.bootId = bootId;
        });
    }

    private MemoryRow known(MessageId id) {
        MemoryRow row = row(Direction.RECEIVED, id);
        if (row == null) {
            throw new JournalException(
                    JournalException.Kind.OTHER,
                    "message " + id + " is not in the journal: it was never received here");
        }
        return row;
    }

    @Override
    public CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {
        requireEnd(outcome.state());
        return write(() -> finish(new Finish(id, outcome, ackMessage, also, at)));
    }

    @Override
    public CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes) {
        finishes.forEach(finish -> requireEnd(finish.outcome().state()));
        return write(() -> {
            finishes.forEach(finish -> known(finish.id()));
            return finishes.stream().map(this::finish).toList();
        });
    }

    private boolean finish(Finish finish) {
        MemoryRow row = known(finish.id());
        if (row.state.isEnd()) {
            return false;
        }
        Instant startedAt = finish.outcome().startedAt();
        if (startedAt != null) {
            row.states.putIfAbsent(State.STARTED, startedAt.truncatedTo(ChronoUnit.MILLIS));
        }
        row.attempt = Math.max(row.attempt, finish.outcome().attempt());
        row.ack = finish.outcome();
        move(row, finish.outcome().state(), finish.outcome().reason(), finish.at());
        Message ack = finish.ackMessage();
        if (ack != null) {
            queue(ack, finish.at());
        }
        finish.also().forEach(message -> queue(message, finish.at()));
        return true;
    }

    @Override
    public CompletableFuture<Optional<ReceivedMessage>> cancelAhead(MessageId id, Instant at) {
        return write(() -> {
            MemoryRow known = row(Direction.RECEIVED, id);
            if (known == null || !known.state.isEnd()) {
                cancelled.putIfAbsent(id, at);
            }
            return Optional.ofNullable(known).map(MemoryRow::toReceived);
        });
    }

    @Override
    public CompletableFuture<List<MessageId>> giveUpUnstarted(Predicate<MessageId> keep) {
        return write(() -> {
            List<MessageId> given =
                    table(Direction.RECEIVED).values().stream()
                            .filter(row -> row.state == State.RECEIVED)
                            .sorted(Comparator.comparingLong(row -> row.seq))
                            .map(row -> row.message.id())
                            .filter(keep.negate())
                            .toList();
            given.forEach(id -> table(Direction.RECEIVED).remove(id));
            return given;
        });
    }

    @Override
    public synchronized Optional<ReceivedMessage> received(MessageId id) {
        requireOpen();
        return Optional.ofNullable(row(Direction.RECEIVED, id)).map(MemoryRow::toReceived);
    }

    @Override
    public synchronized List<ReceivedMessage> unfinished(
            @Nullable ReceivedMessage after, int limit) {
        requireOpen();
        return table(Direction.RECEIVED).values().stream()
                .filter(row -> !row.state.isEnd())
                .filter(row -> after == null || row.seq > after.arrival())
                .sorted(Comparator.comparingLong(row -> row.seq))
                .limit(limit)
                .map(MemoryRow::toReceived)
                .toList();
    }

    @Override
    public List<ReceivedMessage> unfinishedOf(
            Subject subject, @Nullable ReceivedMessage after, int limit, long bytes) {
        return upTo(
                bytes,
                received -> Codec.encode(received.message()).length,
                unfinished(after, Integer.MAX_VALUE).stream()
                        .filter(received -> received.message().subject().equals(subject))
                        .limit(limit)
                        .toList());
    }

    @Override
    public List<Subject> unfinishedSubjects(NodeName node) {
        return unfinished(null, Integer.MAX_VALUE).stream()
                .map(received -> received.message().subject())
                .distinct()
                .toList();
    }

    @Override
    public synchronized List<ReceivedMessage> unfinishedPast(Instant brokersNow, int limit) {
        return unfinished(null, Integer.MAX_VALUE).stream()
                .filter(received -> !received.deadline().isAfter(brokersNow))
                .limit(limit)
                .toList();
    }
}
