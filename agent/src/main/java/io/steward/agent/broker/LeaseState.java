package io.steward.agent.broker;

import io.steward.agent.broker.Broker.Right;
import io.steward.agent.broker.NodeRow.Agent;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is known of whether this agent has its name, for all who ask. Believes nothing after the
/// process or the machine stood still, which the gap between two [#tick]s shows by the clock that
/// counts up or by that of the calendar, until the row was read again. Changed by the one thread of
/// [NameLease], asked by any.
final class LeaseState {
    enum Phase {
        SEEKING,
        HELD,
        TAKEN,
        RELEASED
    }

    /// When something was asked.
    ///
    /// @param connection over which
    record Asked(long nanos, Instant at, long connection) {}

    /// @param asked what it relies on
    /// @param takenOverAt see [Broker#takenOverAt]
    private record View(
            Phase phase,
            Instant since,
            Asked asked,
            @Nullable Agent rival,
            @Nullable Instant takenOverAt,
            @Nullable String problem) {}

    private final NodeName node;
    private final Broker broker;
    private final LeaseTerms terms;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final long begun;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile View view;
    private volatile boolean suspect;
    private volatile long tickNanos;
    private volatile Instant tickAt;
    private volatile Runnable onChange = () -> {};

    LeaseState(
            NodeName node,
            Broker broker,
            LeaseTerms terms,
            InstantSource clock,
            LongSupplier nanos) {
        this.node = node;
        this.broker = broker;
        this.terms = terms;
        this.clock = clock;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.tickNanos = begun;
        this.tickAt = clock.instant();
        this.view = new View(Phase.SEEKING, tickAt, new Asked(begun, tickAt, 0), null, null, null);
    }

    /// Called when [#holds] may have changed; must return at once.
    void onChange(Runnable listener) {
        onChange = listener;
    }

    // ---- what the others ask

    /// Whether messages may be fetched and published over the connection there is now.
    boolean holds() {
        View now = view;
        long connection = now.asked().connection();
        return isCurrent(now) && connection != 0 && connection == broker.connection();
    }

    /// Whether no other agent can have the name, connected or not.
    private boolean isCurrent(View now) {
        return now.phase() == Phase.HELD
                && !standsStill()
                && nanos.getAsLong() - now.asked().nanos() <= terms.valid().toNanos()
                && apart(now.asked().at(), clock.instant()).compareTo(terms.valid()) <= 0;
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
    Right mayStart() {
        boolean may =
                switch (view.phase()) {
                    case TAKEN -> false;
                    case RELEASED -> true;
                    case HELD -> !standsStill();
                    case SEEKING ->
                            !standsStill() && nanos.getAsLong() - begun > terms.alone().toNanos();
                };
        if (may) {
            return Right.YES;
        }
        return view.phase() == Phase.TAKEN ? Right.NO : Right.NOT_NOW;
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

    /// Since when it is as it is: held, or not. Where that is not certain any more, when it was
    /// certain the last time.
    Instant since() {
        View now = view;
        return now.phase() == Phase.HELD && !holds() ? now.asked().at() : now.since();
    }

    /// See [Broker#takenOverAt].
    @Nullable Instant takenOverAt() {
        return view.takenOverAt();
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

    // ---- for the one thread

    /// Looks whether this thread was kept from running.
    void tick() {
        if (standsStill()) {
            suspect = true;
        }
        tickAt = clock.instant();
        tickNanos = nanos.getAsLong();
    }

    /// A question that is asked now.
    Asked asking() {
        return new Asked(nanos.getAsLong(), clock.instant(), broker.connection());
    }

    Phase phase() {
        return view.phase();
    }

    @Nullable Agent rival() {
        return view.rival();
    }

    /// Whether the row is to be read before its time.
    boolean isUnsure() {
        View now = view;
        boolean anotherConnection =
                now.phase() == Phase.HELD && now.asked().connection() != broker.connection();
        return (anotherConnection && now.problem() == null) || suspect;
    }

    /// The row said so.
    ///
    /// @param rival another one that wants the name
    void held(Asked asked, @Nullable Agent rival, @Nullable Instant takenOverAt) {
        View before = view;
        boolean still = before.phase() == Phase.HELD;
        suspect = false;
        become(
                new View(
                        Phase.HELD,
                        still ? before.since() : clock.instant(),
                        asked,
                        rival != null || !still ? rival : before.rival(),
                        takenOverAt,
                        null));
    }

    /// Another agent has the name.
    void taken(Agent by) {
        View before = view;
        boolean still = before.phase() == Phase.TAKEN;
        suspect = false;
        become(
                new View(
                        Phase.TAKEN,
                        still ? before.since() : clock.instant(),
                        asking(),
                        by,
                        null,
                        null));
    }

    /// The row cannot be read or written.
    void failed(String why) {
        View now = view;
        view = new View(now.phase(), now.since(), now.asked(), now.rival(), now.takenOverAt(), why);
    }

    void released() {
        View before = view;
        Asked asked = new Asked(before.asked().nanos(), before.asked().at(), 0);
        become(new View(Phase.RELEASED, clock.instant(), asked, null, null, null));
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
        if (before.phase() != now.phase()
                || before.asked().connection() != now.asked().connection()) {
            onChange.run();
        }
    }
}
