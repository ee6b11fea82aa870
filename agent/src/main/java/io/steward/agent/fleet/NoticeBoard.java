package io.steward.agent.fleet;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.ClusterBus;
import io.steward.agent.broker.ClusterBus.Told;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Notices;
import io.steward.agent.journal.Notices.Note;
import io.steward.agent.journal.Notices.Position;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.target.Candidate;
import io.steward.agent.target.Target;
import io.steward.agent.target.TargetException;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that reads what all nodes are told, from where it was, and keeps the notices that
/// mean this node; and sends those that wait here. It looks when it hears that something was told,
/// after each new connection, and each minute.
final class NoticeBoard implements ProcessBody<NoticeBoard.Look> {
    private static final Logger log = LoggerFactory.getLogger(NoticeBoard.class);

    /// Read, or sent, at a time.
    static final int PAGE = 100;

    /// After a failure.
    static final Duration SOON = Duration.ofSeconds(10);

    /// Between two tries of one that the broker has refused again and again.
    static final Duration LONGEST = Duration.ofMinutes(10);

    private static final Duration EVERY = Duration.ofSeconds(50);

    /// Added to [#EVERY]: those who have heard of something at once do not all ask again at once.
    private static final int SPREAD_MILLIS = 20_000;

    /// Has it look now.
    record Look() {}

    /// A notice that the broker has refused: it is tried again at longer and longer intervals.
    private record PutOff(Duration pause, Instant until) {
        static PutOff first(Instant now) {
            return new PutOff(SOON, now.plus(SOON));
        }

        PutOff next(Instant now) {
            Duration twice = pause.multipliedBy(2);
            Duration longer = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
            return new PutOff(longer, now.plus(longer));
        }
    }

    private final Notices notices;
    private final Broker broker;
    private final ClusterBus bus;
    private final Signatures signatures;
    private final Supplier<Candidate> self;
    private final InstantSource clock;
    private final Map<MessageId, PutOff> putOff = new HashMap<>();
    private String trouble = "";

    /// @param signatures by which it is known who has told something
    /// @param self this node as targets see it; may take a moment
    NoticeBoard(
            Notices notices,
            Broker broker,
            Signatures signatures,
            Supplier<Candidate> self,
            InstantSource clock) {
        this.signatures = signatures;
        this.notices = notices;
        this.broker = broker;
        this.bus = broker.clusterBus();
        this.self = self;
        this.clock = clock;
    }

    @Override
    public void run(ProcessContext<Look> context) throws Exception {
        Duration wait = Duration.ZERO;
        while (!(context.receive(wait) instanceof Received.Stop)) {
            wait = look();
            context.handled(1);
        }
    }

    /// Reads and sends a page.
    ///
    /// @return how long to wait before the next
    Duration look() throws InterruptedException {
        if (!broker.status().connected()) {
            return later();
        }
        String problem = "";
        boolean more = false;
        try { // why first: what is sent before the position is known would not be read here
            more = read();
        } catch (BrokerException | JournalException e) {
            problem = "notices are not read: " + e.getMessage();
        }
        try {
            more |= send();
        } catch (BrokerException | JournalException e) {
            problem = "notices wait here and are not sent: " + e.getMessage();
        }
        if (!problem.isEmpty() && !problem.equals(trouble)) {
            log.warn("{}; trying on", problem);
        }
        trouble = problem;
        return !problem.isEmpty() ? SOON : more ? Duration.ZERO : later();
    }

    private static Duration later() {
        return EVERY.plusMillis(ThreadLocalRandom.current().nextInt(SPREAD_MILLIS));
    }

    /// @return whether there may be more
    private boolean send() throws BrokerException, InterruptedException {
        Instant now = clock.instant();
        // why: those that are put off must not fill the page of those that come after them
        List<Note> all = notices.queued(PAGE + putOff.size());
        putOff.keySet().retainAll(all.stream().map(Note::id).toList());
        List<Note> waiting = all.stream().filter(note -> isDue(note.id(), now)).toList();
        @Nullable BrokerException refused = null;
        for (Note note : waiting) {
            byte[] payload = note.content().getBytes(StandardCharsets.UTF_8);
            try {
                bus.tell(ClusterBus.Kind.NOTIFY, note.from(), note.id().value(), payload);
                done(notices.sent(note.id()));
            } catch (BrokerException e) {
                if (e.kind() != BrokerException.Kind.OTHER) {
                    throw e;
                }
                refused = e; // why: another one may be smaller
                putOff.merge(note.id(), PutOff.first(now), (before, _) -> before.next(now));
            }
        }
        if (refused != null) {
            throw refused;
        }
        return waiting.size() >= PAGE;
    }

    private boolean isDue(MessageId id, Instant now) {
        PutOff until = putOff.get(id);
        return until == null || !now.isBefore(until.until());
    }

    /// @return whether there may be more
    private boolean read() throws BrokerException, InterruptedException {
        ClusterBus.State state = bus.state();
        Position position = notices.position().orElse(null);
        if (position == null) { // a new node hears of what is told from now on
            keep(List.of(), new Position(state.created(), state.last()));
            return false;
        }
        boolean same = position.created().equals(state.created());
        if (same && position.sequence() == state.last()) {
            return false;
        }
        // why: another stream has to be read from its beginning, and so has one that has lost its
        // newest in a crash of the broker and has stored others for them; ids keep them single
        long from = same && position.sequence() < state.last() ? position.sequence() : 0;
        List<Told> told = bus.after(from, PAGE);
        boolean more = told.size() == PAGE;
        long upTo = told.isEmpty() ? state.last() : told.getLast().sequence();
        keep(
                meant(told),
                new Position(state.created(), more ? upTo : Math.max(upTo, state.last())));
        return more;
    }

    private void keep(List<Note> notes, Position upTo) throws InterruptedException {
        var _ = done(notices.take(notes, upTo, Broadcasts.MOST_KEPT, clock.instant()));
    }

    private List<Note> meant(List<Told> told) throws BrokerException, InterruptedException {
        List<Note> meant = new ArrayList<>();
        Meaning meaning = new Meaning();
        int unread = 0;
        for (Told each : told) {
            if (each.kind() == ClusterBus.Kind.NOTIFY) {
                try {
                    signatures.check(each.from(), each.headers(), each.subject(), each.payload());
                    Notice notice = Notice.of(each.from(), each.payload());
                    if (meaning.isMeant(notice)) {
                        meant.add(Broadcasts.note(notice));
                    }
                } catch (IOException e) {
                    throw new BrokerException(
                            BrokerException.Kind.UNREACHABLE,
                            "who has told something cannot be known now: " + e.getMessage());
                } catch (IdentityException | IllegalArgumentException | TargetException e) {
                    if (unread++ == 0) {
                        log.warn(
                                "a notice of {}, {} of the cluster bus, is left out: {}",
                                each.from(),
                                each.sequence(),
                                e.getMessage());
                    }
                }
            }
        }
        if (unread > 1) {
            log.warn("{} more notices are left out", unread - 1);
        }
        return meant;
    }

    /// Whom notices mean; looks at this node once for all of them.
    private final class Meaning {
        private @Nullable Candidate node;

        boolean isMeant(Notice notice) throws TargetException {
            if (notice.target().isEmpty()) {
                return true;
            }
            Target target = Target.parse(notice.target());
            if (!target.groups().isEmpty()) {
                throw new IllegalArgumentException(
                        "its target %s has groups, expected them to be put in"
                                .formatted(notice.target()));
            }
            Candidate now = Optional.ofNullable(node).orElseGet(self);
            node = now;
            return target.matches(now);
        }
    }

    private static <T> T done(CompletableFuture<T> write) throws InterruptedException {
        try {
            return write.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JournalException cause) {
                throw new JournalException(cause.kind(), String.valueOf(cause.getMessage()), e);
            }
            throw new IllegalStateException("writing a notice has failed", e);
        }
    }
}
