package io.steward.agent.broker;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.LeaseState.Asked;
import io.steward.agent.broker.LeaseState.Phase;
import io.steward.agent.broker.NodeRow.Agent;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One name, one agent: keeps or seeks the right to take messages as a node, by its row in
/// [Bucket.Kind#NODES]; [LeaseState] says to the others how that stands.
///
/// The one who has the name reads its row every [LeaseTerms#check], and may rely on what it read
/// for [LeaseTerms#valid] and no longer. Another one that wants the name writes its claim into the
/// row and waits for [LeaseTerms#takeOver], which is longer: by then the first has either seen the
/// claim and taken it out, which shows that it lives, or has stopped by itself. Every write is made
/// on the revision that was read, so that only one of two succeeds. No clocks are compared; they
/// only have to run at about the same speed.
///
/// [#step] is for one thread, the others are thread-safe. docs/decisions/one-name-one-agent.md has
/// the reasons.
public final class NameLease {
    private static final int TRIES = 5;

    private final NodeName node;
    private final Agent self;
    private final Broker broker;
    private final LeaseTerms terms;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final double jitter;
    private final LeaseState state;
    private volatile boolean nudged;
    private volatile @Nullable String notWritten;
    private volatile ObjectNode about = JsonNodeFactory.instance.objectNode();

    // of the thread that steps
    private long epoch;
    private long writtenNanos;
    private long nextTry;
    private long claimRevision;
    private long claimedNanos;
    private long nextClaim;
    private long otherRevision;
    private long otherSince;

    /// @param jitter 0 to 1: how much earlier than [LeaseTerms#renew] the row is written, so that a
    ///   fleet does not do it all at once
    NameLease(
            NodeName node,
            Agent self,
            Broker broker,
            LeaseTerms terms,
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
        this.state = new LeaseState(node, broker, terms, clock, nanos);
        this.nextTry = nanos.getAsLong();
        this.nextClaim = nextTry;
    }

    /// How it stands.
    LeaseState state() {
        return state;
    }

    /// The next step reads the row, whether it is time or not.
    void nudge() {
        nudged = true;
    }

    /// What this agent says of its node in the row, as long as it has the name.
    void describe(ObjectNode about) {
        this.about = about.deepCopy();
    }

    /// Why the row could not be written though it could be read; empty if it could.
    Optional<String> notWritten() {
        return Optional.ofNullable(notWritten);
    }

    /// Looks whether this thread was kept from running, and does what is due.
    public List<LeaseEvent> step() throws InterruptedException {
        List<LeaseEvent> events = new ArrayList<>();
        state.tick();
        if (state.phase() == Phase.RELEASED || broker.connection() == 0 || !isDue()) {
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
            state.failed(String.valueOf(e.getMessage()));
            if (broker.connection() != 0) {
                events.add(new LeaseEvent.Failed(e));
            }
        } finally {
            state.tick();
        }
        return events;
    }

    private boolean isDue() {
        return nudged || state.isUnsure() || nanos.getAsLong() - nextTry >= 0;
    }

    private Duration pause() {
        if (state.phase() == Phase.HELD) {
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
    private boolean read(List<LeaseEvent> events) throws BrokerException, InterruptedException {
        Asked asked = state.asking();
        Optional<Bucket.Row> found = broker.nodes().find(node.value());
        state.tick();
        if (found.isEmpty()) {
            return take(NodeRow.first(self, epoch + 1, now()), 0, null, events);
        }
        long revision = found.get().revision();
        NodeRow row = NodeRow.of(found.get());
        if (row.agent().sameRun(self)) {
            return keep(row, revision, asked, events);
        }
        if (row.stopped()) {
            if (state.phase() == Phase.SEEKING && !row.agent().instance().equals(self.instance())) {
                // why: it may have run what was left here; that is settled before the name is taken
                state.taken(row.agent());
                events.add(new LeaseEvent.Left(row.agent()));
                nudge();
                return true;
            }
            return take(row.takenBy(self, now()), revision, null, events);
        }
        if (state.phase() == Phase.SEEKING && row.agent().samePlace(self)) {
            // why: the data folder is locked, so the one who had it has ended
            return take(row.takenBy(self, now()), revision, null, events);
        }
        return others(row, revision, events);
    }

    private boolean keep(NodeRow row, long revision, Asked asked, List<LeaseEvent> events)
            throws BrokerException, InterruptedException {
        Agent rival = row.claim();
        long age = nanos.getAsLong() - writtenNanos;
        if (rival != null
                || age >= terms.renew().toNanos() * (1 - jitter / 4)
                || !row.says(about)) {
            try {
                if (write(row.seen(now()).saying(about), revision).isEmpty()) {
                    return false;
                }
                writtenNanos = nanos.getAsLong();
            } catch (BrokerException e) {
                if (rival != null) {
                    throw e;
                }
                // why: the row was read, and nobody else wants the name: it is still this agent's,
                // and a broker with a full disk does not take it away
                events.add(new LeaseEvent.Failed(e));
            }
        }
        state.held(asked, rival, row.takenOverAt());
        if (rival != null) {
            events.add(new LeaseEvent.Wanted(rival));
            say();
        }
        return true;
    }

    /// Takes the name.
    ///
    /// @param from of a living agent's row; null if nobody had it
    private boolean take(NodeRow row, long revision, @Nullable Agent from, List<LeaseEvent> events)
            throws BrokerException, InterruptedException {
        Asked asked = state.asking();
        OptionalLong written = write(row.saying(about), revision);
        if (written.isEmpty()) {
            return false;
        }
        epoch = row.epoch();
        writtenNanos = asked.nanos();
        claimRevision = 0;
        state.tick();
        state.held(asked, null, row.takenOverAt());
        events.add(new LeaseEvent.Taken(from));
        say();
        return true;
    }

    private OptionalLong write(NodeRow row, long revision)
            throws BrokerException, InterruptedException {
        try {
            OptionalLong written = broker.nodes().write(node.value(), row.bytes(), revision);
            notWritten = null;
            return written;
        } catch (BrokerException e) {
            notWritten = e.getMessage();
            throw e;
        }
    }

    /// Another agent has the name.
    private boolean others(NodeRow row, long revision, List<LeaseEvent> events)
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
            return take(row.takenBy(self, now()), revision, row.agent(), events);
        }
        if (claimRevision != 0) {
            claimRevision = 0;
            nextClaim = nanos.getAsLong() + terms.retry().toNanos();
            events.add(new LeaseEvent.Objected(row.agent()));
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

    private void taken(Agent by, List<LeaseEvent> events) {
        Phase before = state.phase();
        Agent rival = state.rival();
        state.taken(by);
        if (before == Phase.HELD) {
            events.add(new LeaseEvent.Lost(by));
        } else if (before != Phase.TAKEN || rival == null || !rival.sameRun(by)) {
            events.add(new LeaseEvent.Refused(by));
        }
    }

    private Instant now() {
        return clock.instant().plus(broker.clockAhead());
    }

    /// Has the other one look at the row now; it would do so by itself a little later.
    private void say() {
        broker.say(subject(node), self.run().getBytes(StandardCharsets.UTF_8));
    }

    static String subject(NodeName node) {
        return "clusterbus.name." + node;
    }

    /// Gives the name up in order, if there is a connection: another may have it at once. Called
    /// when nothing is fetched or published any more, and no step is taken.
    void release() {
        state.released();
        if (broker.connection() == 0) {
            return;
        }
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Optional<Bucket.Row> found = broker.nodes().find(node.value());
                if (found.isEmpty()) {
                    return;
                }
                NodeRow row = NodeRow.of(found.get());
                Agent claim = row.claim();
                NodeRow without = null;
                if (row.agent().sameRun(self)) {
                    without = row.stopped(now());
                } else if (claim != null && claim.sameRun(self)) {
                    without = row.unclaimed();
                }
                if (without == null
                        || broker.nodes()
                                .write(node.value(), without.bytes(), found.get().revision())
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
