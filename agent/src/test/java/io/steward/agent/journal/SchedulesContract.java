package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.agent.journal.Schedules.Plan;
import io.steward.messages.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What every journal does with schedules.
abstract class SchedulesContract extends RunsContract {
    private static final Duration HOUR = Duration.ofHours(1);

    private Plan plan(String name, String spec) {
        return new Plan(name, spec, samples.now(), null, samples.now().plus(HOUR));
    }

    private Kept kept(String name) {
        return journal.schedules().find(name).orElseThrow();
    }

    private Kept begun(String name) {
        accept(plan(name, "{\"every\":\"1h\"}"));
        return kept(name);
    }

    private void accept(Plan... plans) {
        done(
                journal.schedules()
                        .accept(null, List.of(), List.of(plans), Long.MAX_VALUE, samples.now()));
    }

    private Move onByAnHour() {
        return new Move(samples.now(), samples.now().plus(HOUR), 1, 2, null);
    }

    @Test
    void aScheduleIsKept() {
        Instant end = samples.now().plus(Duration.ofDays(9));
        accept(new Plan("night", "{}", samples.now(), end, samples.now().plus(HOUR)));
        journal = restart();
        assertThat(journal.schedules().find("night"))
                .contains(
                        new Kept(
                                "night",
                                1,
                                "{}",
                                samples.now(),
                                end,
                                samples.now(),
                                samples.now().plus(HOUR),
                                false,
                                null,
                                null,
                                0,
                                0,
                                null));
        assertThat(journal.schedules().find("day")).isEmpty();
        assertThat(journal.schedules().openCount()).isEqualTo(1);
    }

    @Test
    void itIsAcceptedWithTheMessagesOfItsInputAndOnce() {
        Message message = samples.command();
        List<Plan> plans = List.of(plan("a", "1"), plan("b", "2"));
        assertThat(
                        done(
                                journal.schedules()
                                        .accept("key", List.of(message), plans, 9, samples.now())))
                .isEqualTo(new Accepted(List.of(message.id()), true));
        done(journal.schedules().remove("a"));
        journal = restart();
        assertThat(
                        done(
                                journal.schedules()
                                        .accept(
                                                "key",
                                                List.of(samples.command()),
                                                plans,
                                                9,
                                                samples.now())))
                .isEqualTo(new Accepted(List.of(message.id()), false));
        assertThat(journal.schedules().taken("key")).containsExactly("a", "b");
        assertThat(journal.schedules().taken("other")).isEmpty();
        assertThat(journal.schedules().find("a")).isEmpty();
        assertThat(journal.queued(9)).containsExactly(message);
    }

    @Test
    void whereThereIsNoRoomForItsMessagesNothingIsKept() {
        assertThatThrownBy(() ->
                        done(
                                journal.schedules()
                                        .accept(
                                                "key",
                                                List.of(samples.command()),
                                                List.of(plan("a", "1")),
                                                0,
                                                samples.now())))
                .isInstanceOf(JournalException.class);
        assertThat(journal.schedules().find("a")).isEmpty();
        assertThat(journal.taken("key")).isEmpty();
    }

    @Test
    void aFiringAcceptsItsMessagesAndMovesTheScheduleOn() {
        Kept night = begun("night");
        Message message = samples.command();
        samples.pass(HOUR);
        assertThat(
                        done(
                                journal.schedules()
                                        .fire(
                                                night,
                                                List.of(message),
                                                onByAnHour(),
                                                1,
                                                samples.now())))
                .isTrue();
        journal = restart();
        assertThat(kept("night"))
                .isEqualTo(
                        new Kept(
                                "night",
                                2,
                                night.spec(),
                                night.begun(),
                                null,
                                samples.now(),
                                samples.now().plus(HOUR),
                                false,
                                null,
                                samples.now(),
                                1,
                                2,
                                null));
        assertThat(journal.queued(9)).containsExactly(message);
    }

    @Test
    void aScheduleThatWasChangedSinceDoesNotFire() {
        Kept night = begun("night");
        assertThat(done(journal.schedules().pause("night"))).isTrue();
        assertThat(fires(night)).isFalse();
        assertThat(fires(kept("night"))).isFalse();
        done(journal.schedules().remove("night"));
        assertThat(fires(night)).isFalse();
        accept(plan("day", "1"));
        Kept day = kept("day");
        assertThat(fires(day)).isTrue();
        assertThat(fires(day)).isFalse();
        assertThat(journal.queued(9)).hasSize(1);
    }

    private boolean fires(Kept as) {
        return done(
                journal.schedules()
                        .fire(as, List.of(samples.command()), onByAnHour(), 9, samples.now()));
    }

    @Test
    void whereThereIsNoRoomItDoesNotMoveOn() {
        Kept night = begun("night");
        assertThatThrownBy(() ->
                        done(
                                journal.schedules()
                                        .fire(
                                                night,
                                                List.of(samples.command()),
                                                onByAnHour(),
                                                0,
                                                samples.now())))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.QUEUE_FULL));
        assertThat(kept("night")).isEqualTo(night);
        done(journal.schedules().note(night, "no room"));
        assertThat(kept("night").problem()).isEqualTo("no room");
        assertThat(fires(kept("night"))).isTrue();
        assertThat(kept("night").problem()).isEqualTo("no room");
    }

    @Test
    void withNothingMoreToComeItHasEndedAndIsPruned() {
        Kept night = begun("night");
        samples.pass(HOUR);
        assertThat(
                        done(
                                journal.schedules()
                                        .fire(
                                                night,
                                                List.of(),
                                                new Move(samples.now(), null, 0, 1, "too late"),
                                                9,
                                                samples.now())))
                .isTrue();
        assertThat(kept("night").ended()).isEqualTo(samples.now());
        assertThat(kept("night").fired()).isNull();
        assertThat(kept("night").problem()).isEqualTo("too late");
        assertThat(journal.schedules().earliest()).isEmpty();
        assertThat(journal.schedules().openCount()).isZero();
        assertThat(done(journal.schedules().pause("night"))).isFalse();
        begun("day");
        samples.pass(Duration.ofDays(30));
        journal.prune(samples.now());
        assertThat(journal.schedules().page("", 9).items())
                .extracting(Kept::name)
                .containsExactly("day");
    }

    @Test
    void theSameAgainChangesNothingAndAnotherTakesItsPlace() {
        Kept night = begun("night");
        samples.pass(Duration.ofMinutes(50));
        accept(plan("night", night.spec()));
        assertThat(kept("night")).isEqualTo(night);
        assertThat(fires(night)).isTrue();
        done(journal.schedules().pause("night"));
        accept(plan("night", "another"));
        Kept other = kept("night");
        assertThat(other.version()).isGreaterThan(2);
        assertThat(other.begun()).isEqualTo(samples.now());
        assertThat(other.paused()).isFalse();
        assertThat(other.firings()).isZero();
        assertThat(other.fired()).isNull();
        done(
                journal.schedules()
                        .fire(
                                other,
                                List.of(),
                                new Move(samples.now(), null, 0, 0, null),
                                9,
                                samples.now()));
        accept(plan("night", "another"));
        assertThat(kept("night").ended()).isNull();
    }

    @Test
    void aPausedOneIsNotDueUntilItIsResumed() {
        Kept night = begun("night");
        begun("day");
        assertThat(done(journal.schedules().pause("night"))).isTrue();
        assertThat(done(journal.schedules().pause("night"))).isFalse();
        samples.pass(HOUR);
        assertThat(journal.schedules().due(samples.now(), samples.now())).containsExactly("day");
        Instant next = samples.now().plus(HOUR);
        assertThat(done(journal.schedules().resume(night, samples.now(), next, samples.now())))
                .isFalse();
        assertThat(
                        done(
                                journal.schedules()
                                        .resume(kept("night"), samples.now(), next, samples.now())))
                .isTrue();
        journal = restart();
        assertThat(kept("night").paused()).isFalse();
        assertThat(kept("night").through()).isEqualTo(samples.now());
        assertThat(journal.schedules().due(next, next)).containsExactly("day", "night");
    }

    @Test
    void thoseThatAreToFireComeTheEarliestFirst() {
        Instant now = samples.now();
        accept(
                new Plan("a", "", now, null, now.plusSeconds(30)),
                new Plan("b", "", now, null, now.plusSeconds(10)),
                new Plan("c", "", now, null, now.plusSeconds(20)));
        assertThat(journal.schedules().earliest()).contains(now.plusSeconds(10));
        assertThat(journal.schedules().due(now, now)).isEmpty();
        assertThat(journal.schedules().due(now.plusSeconds(20), now)).containsExactly("b", "c");
        assertThat(journal.schedules().due(now, now.minusMillis(1))).containsExactly("b", "c", "a");
    }

    @Test
    void theyAreListedByTheirNames() {
        accept(plan("c", ""), plan("a", ""), plan("b", ""));
        Page<Kept> first = journal.schedules().page("", 2);
        assertThat(first.items()).extracting(Kept::name).containsExactly("a", "b");
        assertThat(first.more()).isTrue();
        Page<Kept> second = journal.schedules().page("b", 2);
        assertThat(second.items()).extracting(Kept::name).containsExactly("c");
        assertThat(second.more()).isFalse();
    }

    @Test
    void aChangeIsTold() {
        AtomicInteger changes = new AtomicInteger();
        journal.schedules().onChange(changes::incrementAndGet);
        Kept night = begun("night");
        assertThat(changes).hasValue(1);
        fires(night);
        done(journal.schedules().pause("night"));
        assertThat(done(journal.schedules().remove("night"))).isTrue();
        assertThat(done(journal.schedules().remove("night"))).isFalse();
        assertThat(changes.get()).isGreaterThanOrEqualTo(4);
    }
}
