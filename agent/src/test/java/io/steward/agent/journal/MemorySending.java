package io.steward.agent.journal;

import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The sending side of a [MemoryJournal].
abstract class MemorySending extends MemoryTables {

    MemorySending(InstantSource clock) {
        super(clock);
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey, List<Message> messages, long mostOpen) {
        return write(() -> {
            Input taken = inputKey == null ? null : inputs.get(inputKey);
            if (taken != null) {
                return new Accepted(taken.ids(), false);
            }
            int more = (int) messages.stream().filter(each -> !each.subject().isAck()).count();
            long open =
                    table(Direction.SENT).values().stream()
                            .filter(row -> !row.state.isEnd())
                            .count();
            if (open + more > mostOpen) {
                throw Sending.full(open, more, mostOpen);
            }
            for (Message message : messages) {
                if (row(Direction.SENT, message.id()) != null
                        || acksOut.containsKey(message.id())) {
                    throw new JournalException(
                            JournalException.Kind.OTHER,
                            "message " + message.id() + " is in the journal already");
                }
            }
            List<MessageId> accepted = messages.stream().map(Message::id).toList();
            messages.forEach(message -> queue(message, clock.instant()));
            if (inputKey != null) {
                inputs.put(inputKey, new Input(accepted, clock.instant()));
            }
            return new Accepted(accepted, true);
        });
    }

    void queue(Message message, Instant at) {
        if (message.subject().isAck()) {
            acksOut.put(message.id(), new WaitingAck(++lastSeq, message));
        } else {
            table(Direction.SENT)
                    .put(message.id(), new MemoryRow(Direction.SENT, ++lastSeq, message, null, at));
        }
    }

    void move(MemoryRow row, State next, @Nullable String reason, Instant at) {
        row.move(next, reason, at);
        if (next.isEnd()) {
            processed.put(++lastProcessed, new Ended(row, at.truncatedTo(ChronoUnit.MILLIS)));
        }
    }

    @Override
    public CompletableFuture<Void> published(MessageId id, Published where) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (acksOut.remove(id) != null || row == null || row.state.isEnd()) {
                return;
            }
            row.published =
                    new Published(
                            where.stream(),
                            where.streamCreated().truncatedTo(ChronoUnit.MILLIS),
                            where.sequence(),
                            where.at().truncatedTo(ChronoUnit.MILLIS));
            row.look = where.at().plus(row.message.ackTimeout());
            if (row.state.mayBecome(State.PUBLISHED)) {
                row.move(State.PUBLISHED, null, where.at());
            }
        });
    }

    @Override
    public CompletableFuture<Void> note(MessageId id, @Nullable String note) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (row != null && !row.state.isEnd()) {
                row.note = note;
            }
        });
    }

    @Override
    public CompletableFuture<Void> resending(MessageId id, Instant at) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (row != null && !row.state.isEnd() && row.state != State.QUEUED) {
                row.resends++;
                row.look = at.plus(row.message.ackTimeout());
            }
        });
    }

    @Override
    public CompletableFuture<List<Optional<State>>> acknowledged(List<Ack> acks, Instant at) {
        return write(() -> acks.stream().map(ack -> acknowledged(ack, at)).toList());
    }

    private Optional<State> acknowledged(Ack ack, Instant at) {
        MemoryRow row = row(Direction.SENT, ack.messageId());
        if (row == null) {
            return Optional.empty();
        }
        if (row.other().equals(ack.node())) {
            if (!ack.state().isEnd() && !row.state.isEnd()) {
                row.look = at.plus(LOOK_AFTER_NEWS);
                row.looks = 0;
            }
            if (ack.isFrame() && !row.state.isEnd()) {
                row.frame(ack);
            }
            if (row.state.mayBecome(ack.state())) {
                if (ack.state().isEnd() && !row.output.isEmpty()) {
                    row.frame(ack);
                }
                row.ack = ack.withoutFrame();
                move(row, ack.state(), ack.state().isEnd() ? ack.reason() : null, at);
                row.times(ack);
            } else if (row.state.isEnd() && ack.state().isEnd() && row.state != ack.state()) {
                row.note = Sending.lateAnswer(ack, at);
            }
        }
        return Optional.of(row.state);
    }

    @Override
    public CompletableFuture<Boolean> endSent(
            MessageId id, List<State> ifIn, State end, String reason, Instant at) {
        requireEnd(end);
        return write(() -> end(id, ifIn, end, reason, at));
    }

    boolean end(MessageId id, List<State> ifIn, State end, String reason, Instant at) {
        if (ifIn.contains(State.QUEUED) && acksOut.remove(id) != null) {
            return true;
        }
        MemoryRow row = row(Direction.SENT, id);
        if (row == null || row.state.isEnd() || !ifIn.contains(row.state)) {
            return false;
        }
        move(row, end, reason, at);
        return true;
    }

    @Override
    public CompletableFuture<Void> lookAgain(List<MessageId> ids, Instant next, int looks) {
        return write(() -> {
            for (MessageId id : ids) {
                MemoryRow row = row(Direction.SENT, id);
                if (row != null && row.state != State.QUEUED && !row.state.isEnd()) {
                    row.look = next;
                    row.looks = looks;
                }
            }
        });
    }

    @Override
    public CompletableFuture<Void> lookNow(NodeName node, Instant now) {
        return write(() ->
                table(Direction.SENT).values().stream()
                        .filter(row -> row.state != State.QUEUED && !row.state.isEnd())
                        .filter(row -> row.other().equals(node))
                        .forEach(row -> row.look = now));
    }

    @Override
    public synchronized List<SentMessage> publishedOf(
            Subject subject, @Nullable Instant notIn, int limit) {
        return sent(
                row ->
                        row.state == State.PUBLISHED
                                && row.message.subject().equals(subject)
                                && row.published != null
                                && (notIn == null
                                        || row.published.streamCreated().toEpochMilli()
                                                != notIn.toEpochMilli()),
                limit);
    }

    @Override
    public synchronized List<SentMessage> dueForLook(Instant now, int limit) {
        return sent(
                row ->
                        row.state != State.QUEUED
                                && !row.state.isEnd()
                                && row.look != null
                                && !row.look.isAfter(now),
                limit);
    }

    @Override
    public synchronized List<SentMessage> overdue(
            Instant now, Duration defaultMethodTimeout, Duration grace, int limit) {
        return sent(
                row -> {
                    Duration timeout = row.message.methodTimeout();
                    Instant deadline =
                            row.state == State.QUEUED
                                    ? row.message.expiresAt()
                                    : row.message
                                            .expiresAt()
                                            .plus(timeout == null ? defaultMethodTimeout : timeout)
                                            .plus(grace);
                    return !row.state.isEnd() && !deadline.isAfter(now);
                },
                limit);
    }

    private List<SentMessage> sent(Predicate<MemoryRow> wanted, int limit) {
        requireOpen();
        return table(Direction.SENT).values().stream()
                .filter(wanted)
                .sorted(Comparator.comparingLong(row -> row.seq))
                .limit(limit)
                .map(MemoryRow::toSent)
                .toList();
    }

    @Override
    public synchronized List<Message> queued(int limit) {
        requireOpen();
        SortedMap<Long, Message> all = new TreeMap<>();
        table(Direction.SENT).values().stream()
                .filter(row -> row.state == State.QUEUED)
                .forEach(row -> all.put(row.seq, row.message));
        acksOut.values().forEach(ack -> all.put(ack.seq(), ack.message()));
        return all.values().stream().limit(limit).toList();
    }

    @Override
    public List<Message> queuedOf(
            Subject subject, Collection<MessageId> without, int limit, long bytes) {
        return upTo(
                bytes,
                message -> Codec.encode(message).length,
                queued(Integer.MAX_VALUE).stream()
                        .filter(message -> message.subject().equals(subject))
                        .filter(message -> !without.contains(message.id()))
                        .limit(limit)
                        .toList());
    }

    /// Ends with the one with which the sizes come to `most`.
    static <T> List<T> upTo(long most, ToLongFunction<T> size, List<T> all) {
        long sum = 0;
        int count = 0;
        while (count < all.size() && sum < most) {
            sum += size.applyAsLong(all.get(count++));
        }
        return all.subList(0, count);
    }

    @Override
    public List<Subject> queuedSubjects() {
        return queued(Integer.MAX_VALUE).stream().map(Message::subject).distinct().toList();
    }

    @Override
    public synchronized Optional<List<MessageId>> taken(String inputKey) {
        return Optional.ofNullable(inputs.get(inputKey)).map(Input::ids);
    }

    @Override
    public synchronized boolean ackWaits(MessageId id) {
        return acksOut.containsKey(id);
    }

    @Override
    public synchronized List<Piece> output(MessageId id, long after, int limit) {
        MemoryRow row = row(Direction.SENT, id);
        return row == null
                ? List.of()
                : row.output.stream().filter(piece -> piece.cursor() > after).limit(limit).toList();
    }

    @Override
    public synchronized Optional<SentMessage> sent(MessageId id) {
        requireOpen();
        return Optional.ofNullable(row(Direction.SENT, id)).map(MemoryRow::toSent);
    }
}
