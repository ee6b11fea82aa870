package io.steward.agent.broker;

import static io.steward.agent.broker.BrokerContract.SHIP;
import static io.steward.agent.broker.BrokerContract.bytes;
import static io.steward.agent.broker.BrokerContract.failure;
import static io.steward.agent.broker.BrokerContract.subject;
import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.NodeRow.Agent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameLeaseTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration SHORT = Duration.ofMillis(1);

    private Duration passed = Duration.ZERO;
    private Duration clockStep = Duration.ZERO;
    private final FakeBroker first = new FakeBroker(this::now);

    private Instant now() {
        return BEGIN.plus(passed).plus(clockStep);
    }

    private void pass(long seconds) {
        passed = passed.plusSeconds(seconds);
    }

    /// One agent of the test.
    private final class Member {
        final FakeBroker broker;
        final NameLease lease;
        final LeasedBroker leased;
        final Agent self;

        Member(FakeBroker broker, String instance, String run, String data) {
            this.broker = broker;
            self = new Agent(instance, run, "host", 1, data, "1", BEGIN);
            lease =
                    new NameLease(
                            SHIP,
                            self,
                            broker,
                            LeaseTerms.USUAL,
                            NameLeaseTest.this::now,
                            () -> passed.toNanos(),
                            0);
            leased = new LeasedBroker(broker, SHIP, self, lease);
        }

        boolean mayStart() {
            return lease.state().mayStart() == Broker.Right.YES;
        }

        List<LeaseEvent> step() throws InterruptedException {
            return lease.step();
        }
    }

    private Member member(String name) {
        return new Member(
                name.equals("a") ? first : first.another(), "i-" + name, "r-" + name, "/" + name);
    }

    /// Lets time pass for those that run.
    private static List<LeaseEvent> steps(NameLeaseTest test, int seconds, Member... running)
            throws InterruptedException {
        List<LeaseEvent> events = new ArrayList<>();
        for (int i = 0; i < seconds; i++) {
            test.pass(1);
            for (Member each : running) {
                events.addAll(each.step());
            }
        }
        return events;
    }

    @Test
    void theFirstHasTheNameAtOnceAndKeepsIt() throws Exception {
        Member a = member("a");
        assertThat(a.lease.state().holds()).isFalse();
        assertThat(a.mayStart()).isFalse();
        assertThat(a.step()).containsExactly(new LeaseEvent.Taken(null));
        assertThat(a.lease.state().holds()).isTrue();
        assertThat(a.mayStart()).isTrue();
        long revision = first.nodes().find(SHIP.value()).orElseThrow().revision();
        steps(this, 50, a);
        assertThat(first.nodes().find(SHIP.value()).orElseThrow().revision()).isEqualTo(revision);
        steps(this, 20, a);
        assertThat(first.nodes().find(SHIP.value()).orElseThrow().revision())
                .isEqualTo(revision + 1);
        assertThat(a.lease.state().holds()).isTrue();
    }

    @Test
    void aBrokerWithAFullDiskDoesNotTakeTheNameAwayAndIsNamed() throws Exception {
        Member a = member("a");
        a.step();
        first.full(true);
        for (int i = 0; i < 300; i++) {
            steps(this, 1, a);
            assertThat(a.leased.connection() != 0).isTrue();
        }
        assertThat(a.leased.notStored())
                .hasValueSatisfying(why -> assertThat(why).contains("no space left"));
        first.full(false);
        steps(this, 70, a);
        assertThat(a.leased.notStored()).isEmpty();
        assertThat(a.leased.connection() != 0).isTrue();
    }

    @Test
    void aSecondIsRefusedAsLongAsTheFirstLivesAndBothAreTold() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        assertThat(b.step()).containsExactly(new LeaseEvent.Refused(a.self));
        assertThat(a.step()).containsExactly(new LeaseEvent.Wanted(b.self));
        assertThat(b.step()).containsExactly(new LeaseEvent.Objected(a.self));
        for (int i = 0; i < 600; i++) {
            steps(this, 1, a, b);
            assertThat(a.lease.state().holds()).isTrue();
            assertThat(b.lease.state().holds()).isFalse();
            assertThat(b.mayStart()).isFalse();
        }
        assertThat(b.leased.status().connected()).isFalse();
        assertThat(b.leased.status().problem()).contains("in use by another agent", "/a");
        assertThat(a.leased.naming()).isEqualTo(new Broker.Naming(true, b.self));
        assertThat(b.leased.naming()).isEqualTo(new Broker.Naming(false, a.self));
    }

    @Test
    void itSaysSinceWhenItHasNoConnectionAndNotWhenItHadOne() throws Exception {
        Member a = member("a");
        pass(10);
        assertThat(a.leased.status().since()).isEqualTo(BEGIN);
        a.step();
        assertThat(a.leased.status().since()).isEqualTo(now());
        steps(this, 200, a);
        Instant held = a.leased.status().since();
        assertThat(held).isEqualTo(BEGIN.plusSeconds(10));
        Instant still = now();
        pass(100);
        assertThat(a.leased.status().connected()).isFalse();
        assertThat(a.leased.status().since()).isAfter(held).isBeforeOrEqualTo(still);
    }

    @Test
    void aSecondPublishesNothingButAcks() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        a.leased.mailbox(SHIP);
        b.step();
        assertThat(failure(b.leased.publish(subject(SHIP, "x"), "m1", bytes("x"))))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        b.leased.say("clusterbus.hello.ship1", bytes("x"));
        assertThat(b.broker.said()).containsExactly("clusterbus.name." + SHIP);
        var ack =
                new io.steward.messages.Subject(
                        SHIP, io.steward.messages.MessageType.EVENT, "ack", "x");
        assertThat(b.leased.publish(ack, "m2", bytes("x"), 0).isCompletedExceptionally()).isFalse();
    }

    @Test
    void aFirstThatIsDeadIsFollowedAfterTheWaitAndNotBefore() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        b.step();
        assertThat(steps(this, 29, b)).isEmpty();
        assertThat(steps(this, 3, b)).containsExactly(new LeaseEvent.Taken(a.self));
        assertThat(b.lease.state().holds()).isTrue();
    }

    @Test
    void atNoTimeDoTwoHoldTheNameWheneverTheFirstIsFrozenAndHoweverLong() throws Exception {
        for (int frozenAt = 0; frozenAt < 25; frozenAt += 3) {
            for (int frozenFor = 1; frozenFor < 120; frozenFor += 7) {
                NameLeaseTest other = new NameLeaseTest();
                other.frozen(frozenAt, frozenFor);
            }
        }
    }

    private void frozen(int at, int length) throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        steps(this, at, a);
        for (int i = 0; i < length; i++) {
            steps(this, 1, b);
            assertThat(a.lease.state().holds() && b.lease.state().holds()).isFalse();
        }
        // its threads run before its lease is looked at again
        assertThat(a.lease.state().holds() && b.lease.state().holds()).isFalse();
        assertThat(a.mayStart() && b.lease.state().holds()).isFalse();
        for (int i = 0; i < 100; i++) {
            steps(this, 1, a, b);
            assertThat(a.lease.state().holds() ^ b.lease.state().holds()).isTrue();
            assertThat(a.mayStart()).isEqualTo(a.lease.state().holds());
        }
    }

    @Test
    void whoIsCutOffStopsBeforeAnotherBeginsAndIsTold() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        b.step();
        a.step();
        a.broker.disconnect();
        assertThat(a.lease.state().holds()).isFalse();
        assertThat(a.mayStart()).isTrue(); // what it has taken it runs
        List<LeaseEvent> events = steps(this, 60, a, b);
        assertThat(events).contains(new LeaseEvent.Taken(a.self));
        a.broker.connect();
        assertThat(a.lease.state().holds()).isFalse();
        assertThat(a.step()).contains(new LeaseEvent.Lost(b.self));
        assertThat(a.mayStart()).isFalse();
        assertThat(a.lease.state().holds()).isFalse();
    }

    @Test
    void theSameFolderHasItBackAtOnceAndACopyOfItHasNot() throws Exception {
        Member a = member("a");
        a.step();
        Member copy = new Member(first.another(), "i-a", "r-copy", "/copy");
        assertThat(copy.step()).containsExactly(new LeaseEvent.Refused(a.self));
        copy.lease.release();
        Member again = new Member(first.another(), "i-a", "r-again", "/a");
        assertThat(again.step()).containsExactly(new LeaseEvent.Taken(null));
        assertThat(again.lease.state().holds()).isTrue();
        pass(10);
        assertThat(a.step()).containsExactly(new LeaseEvent.Lost(again.self));
    }

    @Test
    void whoStopsInOrderLeavesTheNameFree() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        b.step();
        a.step();
        b.step();
        a.leased.close();
        assertThat(b.step()).containsExactly(new LeaseEvent.Taken(null));
    }

    @Test
    void whoComesBackAfterAnotherHasStoppedIsToldBeforeItMayStartAnything() throws Exception {
        Member a = member("a");
        a.step();
        a.leased.close();
        assertThat(a.lease.state().takenOverAt()).isNull();
        Member b = member("b");
        assertThat(b.step()).containsExactly(new LeaseEvent.Left(a.self));
        assertThat(b.lease.state().mayStart()).isEqualTo(Broker.Right.NO);
        pass(5);
        assertThat(b.step()).containsExactly(new LeaseEvent.Taken(null));
        assertThat(b.lease.state().takenOverAt()).isEqualTo(now());
        Instant then = now();
        b.leased.close();
        pass(5);
        Member again = new Member(first.another(), "i-b", "r-again", "/b");
        assertThat(again.step()).containsExactly(new LeaseEvent.Taken(null));
        assertThat(again.lease.state().takenOverAt()).isEqualTo(then);
        steps(this, 61, again); // and over the next writes of the row
        assertThat(NodeRow.of(again.broker.nodes().find(SHIP.value()).orElseThrow()).takenOverAt())
                .isEqualTo(then);
    }

    @Test
    void whoIsFollowedWithoutAWordIsKnownToHaveHadTheName() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        b.step();
        steps(this, 32, b);
        assertThat(b.lease.state().takenOverAt()).isBetween(BEGIN.plusSeconds(29), now());
    }

    @Test
    void afterAStandstillNothingIsTakenOrStartedUntilTheRowIsRead() throws Exception {
        Member a = member("a");
        a.step();
        Mailbox mailbox = a.leased.mailbox(SHIP);
        assertThat(a.leased.publish(subject(SHIP, "x"), "m1", bytes("x"))).isCompleted();
        pass(15);
        assertThat(mailbox.fetch(1, SHORT)).isEmpty();
        assertThat(a.mayStart()).isFalse();
        assertThat(a.step()).isEmpty();
        assertThat(mailbox.fetch(1, SHORT)).hasSize(1);
        clockStep = Duration.ofMinutes(-5); // as when a machine that was asleep has its time again
        assertThat(a.lease.state().holds()).isFalse();
        a.step();
        assertThat(a.lease.state().holds()).isTrue();
    }

    @Test
    void theBucketIsMadeAgainAndAMessageIsOnlyOursIfNobodyWasFaster() throws Exception {
        Member a = member("a");
        Member b = member("b");
        a.step();
        Mailbox mailbox = a.leased.mailbox(SHIP);
        assertThat(a.leased.publish(subject(SHIP, "x"), "m1", bytes("x"))).isCompleted();
        Mailbox.Delivery delivery = mailbox.fetch(1, SHORT).getFirst();
        assertThat(delivery.isStillOurs()).isTrue();
        first.wipe();
        a.broker.connect();
        b.broker.connect();
        assertThat(b.step()).containsExactly(new LeaseEvent.Taken(null));
        assertThat(a.step()).containsExactly(new LeaseEvent.Lost(b.self));
        assertThat(delivery.isStillOurs()).isFalse();
    }

    @Test
    void withoutABrokerWhatWasLeftIsStartedAfterAWhile() throws Exception {
        Member a = member("a");
        a.broker.disconnect();
        steps(this, 9, a);
        assertThat(a.mayStart()).isFalse();
        steps(this, 2, a);
        assertThat(a.mayStart()).isTrue();
        assertThat(a.leased.status().connected()).isFalse();
        a.broker.connect();
        a.step();
        assertThat(a.leased.status().connected()).isTrue();
    }

    @Test
    void fieldsOfTheRowThatAreNotKnownStay() throws Exception {
        Member a = member("a");
        a.step();
        Bucket.Row row = first.nodes().find(SHIP.value()).orElseThrow();
        String more = new String(row.value(), java.nio.charset.StandardCharsets.UTF_8);
        first.nodes()
                .write(
                        SHIP.value(),
                        bytes(more.replace("{", "{\"tags\":[\"web\"],")),
                        row.revision());
        steps(this, 61, a);
        assertThat(
                        new String(
                                first.nodes().find(SHIP.value()).orElseThrow().value(),
                                java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"tags\":[\"web\"]");
    }
}
