package io.steward.agent.fleet;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Notices;
import io.steward.agent.journal.Notices.Note;
import io.steward.agent.journal.Notices.Received;
import io.steward.agent.journal.Page;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.target.Candidate;
import io.steward.agent.target.TargetException;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells many nodes at once, and has what this one was told. Thread-safe.
public final class Broadcasts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Broadcasts.class);

    /// So many that came are kept; the oldest are removed.
    public static final int MOST_KEPT = 10_000;

    /// So many may wait for the broker.
    public static final int MOST_QUEUED = 1_000;

    private final Supervisor supervisor;
    private final Notices notices;
    private final Broker broker;
    private final Signatures signatures;
    private final Targeting targeting;
    private final NodeName self;
    private final Supplier<Candidate> candidate;
    private final InstantSource clock;
    private final MessageIds ids;
    private @Nullable ProcessRef<NoticeBoard.Look> board;
    private @Nullable AutoCloseable hearing;

    /// @param supervisor the process that sends and reads is started below it
    /// @param self this node
    /// @param candidate this node as targets see it; may take a moment
    public Broadcasts(
            Supervisor supervisor,
            Journal journal,
            Broker broker,
            Signatures signatures,
            Targeting targeting,
            NodeName self,
            Supplier<Candidate> candidate,
            InstantSource clock) {
        this.supervisor = supervisor;
        this.notices = journal.notices();
        this.broker = broker;
        this.signatures = signatures;
        this.targeting = targeting;
        this.self = self;
        this.candidate = candidate;
        this.clock = clock;
        this.ids = new MessageIds(clock);
    }

    /// One that came.
    ///
    /// @param number counts up in the order of coming
    public record Taken(long number, Notice notice, Instant at) {}

    /// Begins to send and to read.
    public synchronized void start() {
        ProcessRef<NoticeBoard.Look> made =
                supervisor.spawn(
                        ProcessSpec.<NoticeBoard.Look>permanent(
                                        "notices",
                                        () ->
                                                new NoticeBoard(
                                                        notices,
                                                        broker,
                                                        signatures,
                                                        candidate,
                                                        clock))
                                .withMailbox(1));
        board = made;
        broker.onStatus(_ -> made.offer(new NoticeBoard.Look()));
        hearing = broker.clusterBus().onTold(() -> made.offer(new NoticeBoard.Look()));
    }

    /// Tells all nodes that a target means, also those that are away and come back within seven
    /// days. Returns when it is in the journal; it goes out when there is a connection.
    ///
    /// @param target each node finds out for itself whether it is meant; empty for all
    /// @throws IllegalArgumentException if the topic is none, or the whole is too large
    /// @throws BrokerException if the target has groups, and they cannot be read
    /// @throws JournalException if it could not be kept; `QUEUE_FULL` if [#MOST_QUEUED] wait
    public MessageId say(String topic, List<String> data, String target)
            throws TargetException, BrokerException, InterruptedException {
        String meant = target.isBlank() ? "" : targeting.resolve(target).toString();
        Notice notice = new Notice(ids.next(), self, topic, data, meant, clock.instant());
        try {
            notices.queue(note(notice), MOST_QUEUED).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JournalException cause) {
                throw new JournalException(cause.kind(), String.valueOf(cause.getMessage()), e);
            }
            throw new IllegalStateException("keeping a notice has failed", e);
        }
        look();
        return notice.id();
    }

    private synchronized void look() {
        if (board != null) {
            board.offer(new NoticeBoard.Look());
        }
    }

    static Note note(Notice notice) {
        return new Note(
                notice.id(), notice.from(), notice.topic(), notice.content(), notice.createdAt());
    }

    /// Those that came behind a number, in their order; fewer than `limit` if they are large.
    ///
    /// @param topic null for all
    public List<Taken> after(@Nullable String topic, long number, int limit) {
        return read(notices.after(topic, number, limit, Page.BYTES));
    }

    /// The newest that came, the oldest of them first; fewer than `limit` if they are large.
    ///
    /// @param topic null for all
    public List<Taken> last(@Nullable String topic, int limit) {
        return read(notices.last(topic, limit, Page.BYTES));
    }

    private static List<Taken> read(List<Received> received) {
        return received.stream()
                .map(each ->
                        new Taken(
                                each.number(),
                                Notice.of(
                                        each.note().from(),
                                        each.note().content().getBytes(StandardCharsets.UTF_8)),
                                each.at()))
                .toList();
    }

    /// The number of the newest that ever came; 0 if none did.
    public long newest() {
        return notices.newest();
    }

    /// Called when something came; must return at once.
    public void onTaken(Runnable listener) {
        notices.onTaken(listener);
    }

    /// Hears of nothing any more; its process ends with its supervisor.
    @Override
    public synchronized void close() {
        try {
            if (hearing != null) {
                hearing.close();
                hearing = null;
            }
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.warn("while closing: {}", e.toString());
        }
    }
}
