package io.steward.agent.broker;

import io.steward.agent.broker.NodeRow.Agent;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One name, one agent: who may take messages as a node, by its row in [NodeRows].
///
/// The one who has the name reads its row every [Terms#check], and may rely on what it read for
/// [Terms#valid] and no longer. Another one that wants the name writes its claim into the row and
/// waits for [Terms#takeOver], which is longer: by then the first has either seen the claim and
/// taken it out, which shows that it lives, or has stopped by itself. Every write is made on the
/// revision that was read, so that only one of two succeeds. No clocks are compared; they only have
/// to run at about the same speed.
///
/// A process or machine that stood still, which the gap between two steps shows by the clock that
/// counts up or by that of the calendar, relies on nothing until it has read the row again.
///
/// [#step] is for one thread, the others are thread-safe. docs/decisions/one-name-one-agent.md has
/// the reasons.
public final class NameLease {
    /// @param check how often the row is read by the one who has the name
    /// @param valid how long it relies on what it read
    /// @param takeOver how long a claim waits; longer than `valid`
    /// @param renew how often the row is written as a sign of life
    /// @param retry the pause after a claim to which the other one objected
    /// @param freeze a longer gap between two steps is a standstill
    /// @param alone after this time without an answer what was left from an earlier life is started
    record Terms(
            Duration check,
            Duration valid,
            Duration takeOver,
            Duration renew,
            Duration retry,
            Duration freeze,
            Duration alone) {}

    static final Terms USUAL =
            new Terms(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(10));

    private static final int TRIES = 5;

    /// What a step has brought about.
    public sealed interface Event {
        /// This agent has the name now.
        ///
        /// @param from the agent that is taken to be dead; null if nobody had it
        record Taken(@Nullable Agent from) implements Event {}

        /// Another agent has the name, which this one wants.
        record Refused(Agent by) implements Event {}

        /// The other one has shown that it lives.
        record Objected(Agent by) implements Event {}

        /// This agent had the name, and another one has it now.
        record Lost(Agent to) implements Event {}

        /// Another agent wants the name, which this one has and keeps.
        record Wanted(Agent by) implements Event {}

        record Failed(BrokerException problem) implements Event {}
    }

    private enum Phase {
        SEEKING,
        HELD,
        TAKEN,
        RELEASED
    }

    /// @param readNanos when that was asked on which it relies
    private record View(
            Phase phase,
            Instant since,
            long readNanos,
            Instant readAt,
            long connection,
            @Nullable Agent rival,
            @Nullable String problem) {}

    private final NodeName node;
    private final Agent self;
    private final Broker broker;
    private final Terms terms;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final double jitter;
    private final long begun;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile View view;
    private volatile boolean suspect;
    private volatile long tickNanos;
    private volatile Instant tickAt;
    private volatile Runnable onChange = () -> {};
    private volatile boolean nudged;
    private volatile @Nullable String notWritten;

    // of the thread that steps
    private long epoch;
    private long writtenNanos;
    private long nextTry;
    private long claimRevision;
    private long claimedNanos;
    private long nextClaim;
    private long otherRevision;
    private long otherSince;

    /// @param jitter 0 to 1: how much earlier than [Terms#renew] the row is written, so that a
    ///   fleet does not do it all at once
    NameLease(
            NodeName node,
            Agent self,
            Broker broker,
            Terms terms,
            InstantSource clock,
            LongSupplier nanos,
            double jitter) {
        this.node = node;
        this.self = self;
        this.broker = broker;
        this.terms = terms;
        this.clock = clock;
        this.nanos = nanos;
        this.jitter = jitter;
        this.begun = nanos.getAsLong();
        this.tickNanos = begun;
        this.tickAt = clock.instant();
        this.nextTry = begun;
        this.nextClaim = begun;
        this.view = new View(Phase.SEEKING, tickAt, begun, tickAt, 0, null, null);
    }

    /// Called when [#holds] may have changed; must return at once.
    void onChange(Runnable listener) {
        onChange = listener;
    }

    /// The next step reads the row, whether it is time or not.
    void nudge() {
        nudged = true;
    }

    // ---- what the others ask

    /// Whether messages may be fetched and published over the connection there is now.
    boolean holds() {
        View now = view;
        return isCurrent(now) && now.connection() != 0 && now.connection() == broker.connection();
    }

    /// Whether no other agent can have the name, connected or not.
    private boolean isCurrent(View now) {
        return now.phase() == Phase.HELD
                && !standsStill()
                && nanos.getAsLong() - now.readNanos() <= terms.valid().toNanos()
                && apart(now.readAt(), clock.instant()).compareTo(terms.valid()) <= 0;
    }

    private boolean standsStill() {
        return suspect
                || nanos.getAsLong() - tickNanos > terms.freeze().toNanos()
                || apart(tickAt, clock.instant()).compareTo(terms.freeze()) > 0;
    }

    private static Duration apart(Instant one, Instant other) {
        return Duration.between(one, other).abs();
    }

    /// Whether what is in the journal may be started. An agent that is cut off from the broker goes
    /// on with that; one that stood still asks first, and one that has lost its name does not.
    boolean mayStart() {
        return switch (view.phase()) {
            case TAKEN -> false;
            case RELEASED -> true;
            case HELD -> !standsStill();
            case SEEKING -> !standsStill() && nanos.getAsLong() - begun > terms.alone().toNanos();
        };
    }

    /// Waits until [#holds], at most so long.
    boolean awaitHeld(Duration wait) throws InterruptedException {
        if (holds()) {
            return true;
        }
        long end = System.nanoTime() + wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!holds()) {
                long left = end - System.nanoTime();
                if (left <= 0 || changed.awaitNanos(left) <= 0) {
                    return holds();
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it is certain whether another agent has the name.
    ///
    /// @return whether this one has it
    boolean awaitCertain() throws InterruptedException {
        while (true) {
            View now = view;
            if (isCurrent(now)) {
                return true;
            }
            if (now.phase() == Phase.TAKEN || now.phase() == Phase.RELEASED) {
                return false;
            }
            lock.lockInterruptibly();
            try {
                if (view.equals(now)) {
                    var _ = changed.await(100, TimeUnit.MILLISECONDS);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    Broker.Naming naming() {
        View now = view;
        return new Broker.Naming(now.phase() == Phase.HELD, now.rival());
    }

    /// Since when it is as it is: held, or not.
    Instant since() {
        return view.since();
    }

    /// Why it does not hold, for people.
    String problem() {
        View now = view;
        Agent rival = now.rival();
        if (now.phase() == Phase.TAKEN && rival != null) {
            return "the name %s is in use by another agent (%s); this one takes and sends nothing until that one has stopped"
                    .formatted(node, rival.text());
        }
        String problem = now.problem();
        return problem != null
                ? "it is not known whether another agent has the name %s: %s"
                        .formatted(node, problem)
                : "connected, and asking whether another agent has the name " + node;
    }

    /// Why the row could not be written though it could be read; empty if it could.
    Optional<String> notWritten() {
        return Optional.ofNullable(notWritten);
    }

    // ---- the one thread

    /// Looks whether this thread was kept from running, and does what is due.
    public List<Event> step() throws InterruptedException {
        List<Event> events = new ArrayList<>();
        tick();
        if (view.phase() == Phase.RELEASED || broker.connection() == 0 || !isDue()) {
            return events;
        }
        nudged = false;
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                if (read(events)) {
                    nextTry = nanos.getAsLong() + pause().toNanos();
                    return events;
                }
            }
            nextTry = nanos.getAsLong() + terms.check().toNanos() / 10; // others write it too
        } catch (BrokerException e) {
            nextTry = nanos.getAsLong() + terms.check().toNanos() / 10;
            View now = view;
            view =
                    new View(
                            now.phase(),
                            now.since(),
                            now.readNanos(),
                            now.readAt(),
                            now.connection(),
                            now.rival(),
                            e.getMessage());
            if (broker.connection() != 0) {
                events.add(new Event.Failed(e));
            }
        } finally {
            tick();
        }
        return events;
    }

    private void tick() {
        if (standsStill()) {
            suspect = true;
        }
        tickAt = clock.instant();
        tickNanos = nanos.getAsLong();
    }

    private boolean isDue() {
        View now = view;
        boolean anotherConnection =
                now.phase() == Phase.HELD && now.connection() != broker.connection();
        return nudged
                || (anotherConnection && now.problem() == null)
                || suspect
                || nanos.getAsLong() - nextTry >= 0;
    }

    private Duration pause() {
        if (view.phase() == Phase.HELD) {
            return terms.check();
        }
        Duration claim =
                claimRevision == 0
                        ? terms.retry()
                        : terms.takeOver()
                                .minusNanos(nanos.getAsLong() - claimedNanos)
                                .plusMillis(1);
        return claim.compareTo(terms.check()) < 0 ? claim : terms.check();
    }

    /// @return false if somebody else has written the row meanwhile, and it is to be read again
    private boolean read(List<Event> events) throws BrokerException, InterruptedException {
        long asked = nanos.getAsLong();
        Instant askedAt = clock.instant();
        long connection = broker.connection();
        Optional<NodeRows.Row> found = broker.nodes().find(node);
        tick();
        if (found.isEmpty()) {
            return take(NodeRow.taken(self, epoch + 1, now()), 0, null, events);
        }
        long revision = found.get().revision();
        NodeRow row = NodeRow.of(found.get());
        if (row.agent().sameRun(self)) {
            Agent rival = row.claim();
            long age = nanos.getAsLong() - writtenNanos;
            if (rival != null || age >= terms.renew().toNanos() * (1 - jitter / 4)) {
                try {
                    if (write(row.seen(now()), revision).isEmpty()) {
                        return false;
                    }
                    writtenNanos = nanos.getAsLong();
                } catch (BrokerException e) {
                    if (rival != null) {
                        throw e;
                    }
                    // why: the row was read, and nobody else wants the name: it is still this
                    // agent's, and a broker with a full disk does not take it away
                    events.add(new Event.Failed(e));
                }
            }
            held(asked, askedAt, connection, rival);
            if (rival != null) {
                events.add(new Event.Wanted(rival));
                say();
            }
            return true;
        }
        if (row.stopped()) {
            return take(NodeRow.taken(self, row.epoch() + 1, now()), revision, null, events);
        }
        if (view.phase() == Phase.SEEKING && row.agent().samePlace(self)) {
            // why: the data folder is locked, so the one who had it has ended
            return take(NodeRow.taken(self, row.epoch() + 1, now()), revision, null, events);
        }
        return others(row, revision, events);
    }

    /// Takes the name.
    ///
    /// @param from of a living agent's row; null if nobody had it
    private boolean take(NodeRow row, long revision, @Nullable Agent from, List<Event> events)
            throws BrokerException, InterruptedException {
        long asked = nanos.getAsLong();
        Instant askedAt = clock.instant();
        long connection = broker.connection();
        OptionalLong written = write(row, revision);
        if (written.isEmpty()) {
            return false;
        }
        epoch = row.epoch();
        writtenNanos = asked;
        claimRevision = 0;
        tick();
        held(asked, askedAt, connection, null);
        events.add(new Event.Taken(from));
        say();
        return true;
    }

    private OptionalLong write(NodeRow row, long revision)
            throws BrokerException, InterruptedException {
        try {
            OptionalLong written = broker.nodes().write(node, row.bytes(), revision);
            notWritten = null;
            return written;
        } catch (BrokerException e) {
            notWritten = e.getMessage();
            throw e;
        }
    }

    private void held(long asked, Instant askedAt, long connection, @Nullable Agent rival) {
        View before = view;
        suspect = false;
        become(
                new View(
                        Phase.HELD,
                        before.phase() == Phase.HELD ? before.since() : clock.instant(),
                        asked,
                        askedAt,
                        connection,
                        rival != null || before.phase() != Phase.HELD ? rival : before.rival(),
                        null));
    }

    /// Another agent has the name.
    private boolean others(NodeRow row, long revision, List<Event> events)
            throws BrokerException, InterruptedException {
        taken(row.agent(), events);
        Agent claim = row.claim();
        if (claim != null && claim.sameRun(self)) {
            if (revision != claimRevision) {
                claimRevision = revision; // why: it was stored, and the answer was lost
                claimedNanos = nanos.getAsLong();
            }
            if (nanos.getAsLong() - claimedNanos < terms.takeOver().toNanos()) {
                return true;
            }
            return take(NodeRow.taken(self, row.epoch() + 1, now()), revision, row.agent(), events);
        }
        if (claimRevision != 0) {
            claimRevision = 0;
            nextClaim = nanos.getAsLong() + terms.retry().toNanos();
            events.add(new Event.Objected(row.agent()));
        }
        if (claim != null && revision != otherRevision) {
            otherRevision = revision; // why: a third agent; it goes first, unless it is gone
            otherSince = nanos.getAsLong();
            nextClaim = otherSince + terms.takeOver().plus(terms.retry()).toNanos();
        }
        if (nanos.getAsLong() - nextClaim < 0) {
            return true;
        }
        OptionalLong written = write(row.claimedBy(self), revision);
        if (written.isEmpty()) {
            return false;
        }
        claimRevision = written.getAsLong();
        claimedNanos = nanos.getAsLong();
        say();
        return true;
    }

    private void taken(Agent by, List<Event> events) {
        View before = view;
        suspect = false;
        Agent rival = before.rival();
        become(
                new View(
                        Phase.TAKEN,
                        before.phase() == Phase.TAKEN ? before.since() : clock.instant(),
                        nanos.getAsLong(),
                        clock.instant(),
                        broker.connection(),
                        by,
                        null));
        if (before.phase() == Phase.HELD) {
            events.add(new Event.Lost(by));
        } else if (before.phase() != Phase.TAKEN || rival == null || !rival.sameRun(by)) {
            events.add(new Event.Refused(by));
        }
    }

    private void become(View now) {
        View before = view;
        view = now;
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (before.phase() != now.phase() || before.connection() != now.connection()) {
            onChange.run();
        }
    }

    private Instant now() {
        return clock.instant().plus(broker.clockAhead());
    }

    /// Has the other one look at the row now; it would do so by itself a little later.
    private void say() {
        broker.say(subject(node), self.run().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static String subject(NodeName node) {
        return "clusterbus.name." + node;
    }

    /// Gives the name up in order, if there is a connection: another may have it at once. Called
    /// when nothing is fetched or published any more, and no step is taken.
    void release() {
        View before = view;
        become(
                new View(
                        Phase.RELEASED,
                        clock.instant(),
                        before.readNanos(),
                        before.readAt(),
                        0,
                        null,
                        null));
        if (broker.connection() == 0) {
            return;
        }
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Optional<NodeRows.Row> found = broker.nodes().find(node);
                if (found.isEmpty()) {
                    return;
                }
                NodeRow row = NodeRow.of(found.get());
                Agent claim = row.claim();
                NodeRow without = null;
                if (row.agent().sameRun(self)) {
                    without = row.stopped(now());
                } else if (claim != null && claim.sameRun(self)) {
                    without =
                            new NodeRow(
                                    row.agent(),
                                    row.epoch(),
                                    row.stopped(),
                                    row.seen(),
                                    null,
                                    row.json());
                }
                if (without == null
                        || broker.nodes()
                                .write(node, without.bytes(), found.get().revision())
                                .isPresent()) {
                    say();
                    return;
                }
            }
        } catch (BrokerException e) {
            // another agent gets the name a little later
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
