package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A journal that hands every call to another one, for those that want something in between.
public abstract class ForwardingJournal implements Journal {
    private final Journal journal;

    protected ForwardingJournal(Journal journal) {
        this.journal = journal;
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey, List<Message> messages, long mostOpen) {
        return journal.accept(inputKey, messages, mostOpen);
    }

    @Override
    public Optional<List<MessageId>> taken(String inputKey) {
        return journal.taken(inputKey);
    }

    @Override
    public CompletableFuture<Void> published(MessageId id, Published where) {
        return journal.published(id, where);
    }

    @Override
    public CompletableFuture<Void> note(MessageId id, @Nullable String note) {
        return journal.note(id, note);
    }

    @Override
    public CompletableFuture<Void> resending(MessageId id, Instant at) {
        return journal.resending(id, at);
    }

    @Override
    public CompletableFuture<List<Optional<State>>> acknowledged(List<Ack> acks, Instant at) {
        return journal.acknowledged(acks, at);
    }

    @Override
    public CompletableFuture<Boolean> endSent(
            MessageId id, List<State> ifIn, State end, String reason, Instant at) {
        return journal.endSent(id, ifIn, end, reason, at);
    }

    @Override
    public CompletableFuture<Void> lookAgain(List<MessageId> ids, Instant next, int looks) {
        return journal.lookAgain(ids, next, looks);
    }

    @Override
    public List<SentMessage> dueForLook(Instant now, int limit) {
        return journal.dueForLook(now, limit);
    }

    @Override
    public CompletableFuture<Void> lookNow(NodeName node, Instant now) {
        return journal.lookNow(node, now);
    }

    @Override
    public List<SentMessage> overdue(
            Instant now, Duration defaultMethodTimeout, Duration grace, int limit) {
        return journal.overdue(now, defaultMethodTimeout, grace, limit);
    }

    @Override
    public List<Message> queued(int limit) {
        return journal.queued(limit);
    }

    @Override
    public List<Message> queuedOf(
            Subject subject, Collection<MessageId> without, int limit, long bytes) {
        return journal.queuedOf(subject, without, limit, bytes);
    }

    @Override
    public List<SentMessage> publishedOf(Subject subject, @Nullable Instant notIn, int limit) {
        return journal.publishedOf(subject, notIn, limit);
    }

    @Override
    public List<Subject> queuedSubjects() {
        return journal.queuedSubjects();
    }

    @Override
    public Optional<SentMessage> sent(MessageId id) {
        return journal.sent(id);
    }

    @Override
    public boolean ackWaits(MessageId id) {
        return journal.ackWaits(id);
    }

    @Override
    public List<Piece> output(MessageId id, long after, int limit) {
        return journal.output(id, after, limit);
    }

    @Override
    public CompletableFuture<List<Taken>> receive(List<Incoming> messages) {
        return journal.receive(messages);
    }

    @Override
    public CompletableFuture<Void> deadLetter(DeadLetter letter) {
        return journal.deadLetter(letter);
    }

    @Override
    public List<DeadLetter> deadLetters(int limit) {
        return journal.deadLetters(limit);
    }

    @Override
    public CompletableFuture<Void> started(MessageId id, int attempt, String bootId, Instant at) {
        return journal.started(id, attempt, bootId, at);
    }

    @Override
    public CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {
        return journal.finished(id, outcome, ackMessage, also, at);
    }

    @Override
    public CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes) {
        return journal.finishedAll(finishes);
    }

    @Override
    public CompletableFuture<Optional<ReceivedMessage>> cancelAhead(MessageId id, Instant at) {
        return journal.cancelAhead(id, at);
    }

    @Override
    public CompletableFuture<List<MessageId>> giveUpUnstarted(Predicate<MessageId> keep) {
        return journal.giveUpUnstarted(keep);
    }

    @Override
    public Optional<ReceivedMessage> received(MessageId id) {
        return journal.received(id);
    }

    @Override
    public List<ReceivedMessage> unfinished(@Nullable ReceivedMessage after, int limit) {
        return journal.unfinished(after, limit);
    }

    @Override
    public List<ReceivedMessage> unfinishedOf(
            Subject subject, @Nullable ReceivedMessage after, int limit, long bytes) {
        return journal.unfinishedOf(subject, after, limit, bytes);
    }

    @Override
    public List<Subject> unfinishedSubjects(NodeName node) {
        return journal.unfinishedSubjects(node);
    }

    @Override
    public List<ReceivedMessage> unfinishedPast(Instant brokersNow, int limit) {
        return journal.unfinishedPast(brokersNow, limit);
    }

    @Override
    public Page<Entry> history(Query query, @Nullable MessageId before, int limit, long bytes) {
        return journal.history(query, before, limit, bytes);
    }

    @Override
    public long unfinished(Direction direction) {
        return journal.unfinished(direction);
    }

    @Override
    public Map<Direction, Map<State, Long>> counts() {
        return journal.counts();
    }

    @Override
    public List<Waiting> waiting() {
        return journal.waiting();
    }

    @Override
    public List<Processed> processedAfter(long sequence, int limit, long bytes) {
        return journal.processedAfter(sequence, limit, bytes);
    }

    @Override
    public Map<MessageId, State> sentStates(Collection<MessageId> ids) {
        return journal.sentStates(ids);
    }

    @Override
    public List<SentEnd> sentEndsAfter(long sequence, int limit) {
        return journal.sentEndsAfter(sequence, limit);
    }

    @Override
    public long lastProcessed() {
        return journal.lastProcessed();
    }

    @Override
    public List<Processed> processedLast(int count, long bytes) {
        return journal.processedLast(count, bytes);
    }

    @Override
    public void onProcessed(Runnable listener) {
        journal.onProcessed(listener);
    }

    @Override
    public void logged(long sequence) {
        journal.logged(sequence);
    }

    @Override
    public Runs runs() {
        return journal.runs();
    }

    @Override
    public Schedules schedules() {
        return journal.schedules();
    }

    @Override
    public Notices notices() {
        return journal.notices();
    }

    @Override
    public CompletableFuture<Void> keep(String name, String value) {
        return journal.keep(name, value);
    }

    @Override
    public Optional<String> kept(String name) {
        return journal.kept(name);
    }

    @Override
    public CompletableFuture<Void> sawNode(NodeName node, String facts, Instant at) {
        return journal.sawNode(node, facts, at);
    }

    @Override
    public Map<NodeName, Seen> seenNodes() {
        return journal.seenNodes();
    }

    @Override
    public long prune(Instant before) {
        return journal.prune(before);
    }

    @Override
    public void close() {
        journal.close();
    }

    @Override
    public List<Backlog> backlogs() {
        return journal.backlogs();
    }

    @Override
    public Count countWaiting(Waiters which) {
        return journal.countWaiting(which);
    }

    @Override
    public Page<SentMessage> waitingFor(
            Waiters which, @Nullable MessageId after, int limit, long bytes) {
        return journal.waitingFor(which, after, limit, bytes);
    }

    @Override
    public List<Waiter> waiters(Waiters which, int limit) {
        return journal.waiters(which, limit);
    }

    @Override
    public List<Waiter> waiters(Collection<MessageId> ids) {
        return journal.waiters(ids);
    }

    @Override
    public CompletableFuture<List<Boolean>> endSentAll(
            List<MessageId> ids, List<State> ifIn, State end, String reason, Instant at) {
        return journal.endSentAll(ids, ifIn, end, reason, at);
    }

    @Override
    public List<MessageId> cancelling() {
        return journal.cancelling();
    }
}
