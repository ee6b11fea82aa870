package io.steward.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.schedule.Timetable.Now;
import io.steward.messages.CatchUp;
import io.steward.messages.Cron;
import io.steward.messages.Rhythm;
import io.steward.messages.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");
    private static final Instant BEGUN = at("2026-11-20T10:00:00+01:00");
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final Rhythm EVERY_QUARTER = new Rhythm.Every(QUARTER);
    private static final Rhythm NIGHTLY = new Rhythm.At(Cron.parse("0 3 * * *"), OSLO);

    private static Instant at(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Timetable timetable(Rhythm rhythm, CatchUp catchUp) {
        return timetable(rhythm, catchUp, Duration.ZERO, null, null);
    }

    private static Timetable timetable(
            Rhythm rhythm,
            CatchUp catchUp,
            Duration splay,
            @Nullable Duration maxLateness,
            @Nullable Instant end) {
        return new Timetable(
                new Schedule("s", rhythm, splay, null, catchUp, maxLateness),
                BEGUN,
                end,
                "central s");
    }

    private static List<Instant> times(Now now) {
        return now.firings().stream().map(Firing::time).toList();
    }

    private static Instant quarter(int n) {
        return BEGUN.plus(QUARTER.multipliedBy(n));
    }

    @Test
    void anIntervalIsCountedFromTheBeginningWheneverItIsAsked() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.SKIP);
        assertThat(quarters.after(BEGUN))
                .contains(
                        new Firing(
                                quarter(1), quarter(1), quarter(1).plus(Duration.ofMinutes(10))));
        assertThat(quarters.after(quarter(1).minusMillis(1)).map(Firing::time))
                .contains(quarter(1));
        assertThat(quarters.after(quarter(7).plusSeconds(3)).map(Firing::time))
                .contains(quarter(8));
    }

    @Test
    void beforeItsTimeNothingIsToBeDone() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.SKIP);
        Now now = quarters.at(quarter(1).minusMillis(1), BEGUN, 9);
        assertThat(now.firings()).isEmpty();
        assertThat(now.skipped()).isZero();
        assertThat(now.through()).isEqualTo(BEGUN);
        assertThat(now.next().map(Firing::time)).contains(quarter(1));
    }

    @Test
    void atItsTimeItFiresOnce() {
        for (CatchUp catchUp : CatchUp.values()) {
            Timetable quarters = timetable(EVERY_QUARTER, catchUp);
            Now now = quarters.at(quarter(1), BEGUN, 9);
            assertThat(times(now)).containsExactly(quarter(1));
            assertThat(now.through()).isEqualTo(quarter(1));
            assertThat(now.next().map(Firing::time)).contains(quarter(2));
            assertThat(quarters.at(quarter(1).plusMillis(5), now.through(), 9).firings()).isEmpty();
        }
    }

    @Test
    void whatWasMissedIsSkipped() {
        Timetable nightly = timetable(NIGHTLY, CatchUp.SKIP);
        Instant morning = at("2026-11-21T08:00:00+01:00");
        Now now = nightly.at(morning, BEGUN, 9);
        assertThat(now.firings()).isEmpty();
        assertThat(now.skipped()).isEqualTo(1);
        assertThat(now.through()).isEqualTo(at("2026-11-21T03:00:00+01:00"));
        assertThat(now.next().map(Firing::time)).contains(at("2026-11-22T03:00:00+01:00"));
    }

    @Test
    void amongManyThatWereMissedTheLastIsSentIfItIsNotLate() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.SKIP);
        Now soon = quarters.at(quarter(5).plusSeconds(59), BEGUN, 9);
        assertThat(times(soon)).containsExactly(quarter(5));
        assertThat(soon.skipped()).isEqualTo(4);
        Now late = quarters.at(quarter(5).plusSeconds(60), BEGUN, 9);
        assertThat(late.firings()).isEmpty();
        assertThat(late.skipped()).isEqualTo(5);
    }

    @Test
    void oneStandsForAllThatWereMissed() {
        Timetable nightly = timetable(NIGHTLY, CatchUp.ONCE);
        Now now = nightly.at(at("2026-11-24T08:00:00+01:00"), BEGUN, 9);
        Instant last = at("2026-11-24T03:00:00+01:00");
        assertThat(now.firings())
                .containsExactly(new Firing(last, last, at("2026-11-25T03:00:00+01:00")));
        assertThat(now.skipped()).isEqualTo(3);
        assertThat(now.through()).isEqualTo(last);
    }

    @Test
    void oneThatIsTooLateStandsForNone() {
        Timetable nightly =
                timetable(NIGHTLY, CatchUp.ONCE, Duration.ZERO, Duration.ofHours(2), null);
        assertThat(nightly.at(at("2026-11-21T04:59:59+01:00"), BEGUN, 9).firings()).hasSize(1);
        Now late = nightly.at(at("2026-11-21T05:00:00+01:00"), BEGUN, 9);
        assertThat(late.firings()).isEmpty();
        assertThat(late.skipped()).isEqualTo(1);
    }

    @Test
    void eachOneThatWasMissedIsSentAFewAtATime() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.ALL);
        List<Instant> sent = new ArrayList<>();
        Instant through = BEGUN;
        Instant clock = quarter(10).plusSeconds(1);
        for (int n = 0; n < 4; n++) {
            Now now = quarters.at(clock, through, 3);
            assertThat(now.skipped()).isZero();
            sent.addAll(times(now));
            through = now.through();
        }
        assertThat(sent)
                .containsExactly(
                        quarter(1),
                        quarter(2),
                        quarter(3),
                        quarter(4),
                        quarter(5),
                        quarter(6),
                        quarter(7),
                        quarter(8),
                        quarter(9),
                        quarter(10));
    }

    @Test
    void ofAllThoseThatAreTooLateAreLeftOut() {
        Timetable quarters =
                timetable(EVERY_QUARTER, CatchUp.ALL, Duration.ZERO, Duration.ofHours(1), null);
        Now now = quarters.at(quarter(100), BEGUN, 9);
        assertThat(times(now)).containsExactly(quarter(97), quarter(98), quarter(99), quarter(100));
        assertThat(now.skipped()).isEqualTo(96);
    }

    @Test
    void aClockThatIsSetForwardByADayIsAnAbsenceOfADay() {
        Instant tomorrow = quarter(1).plus(Duration.ofDays(1)).plusSeconds(5);
        assertThat(timetable(EVERY_QUARTER, CatchUp.SKIP).at(tomorrow, quarter(1), 99).skipped())
                .isEqualTo(95);
        assertThat(times(timetable(EVERY_QUARTER, CatchUp.ONCE).at(tomorrow, quarter(1), 99)))
                .containsExactly(quarter(97));
        assertThat(times(timetable(EVERY_QUARTER, CatchUp.ALL).at(tomorrow, quarter(1), 99)))
                .hasSize(96);
    }

    @Test
    void aClockThatIsSetBackByAnHourFiresNothingTwice() {
        for (CatchUp catchUp : CatchUp.values()) {
            Timetable quarters = timetable(EVERY_QUARTER, catchUp);
            Instant through = quarter(8);
            for (int second = 0; second < 3_600; second += 60) {
                Instant clock = quarter(4).plusSeconds(second);
                Now now = quarters.at(clock, through, 9);
                assertThat(now.firings()).isEmpty();
                assertThat(now.through()).isEqualTo(quarter(8));
                assertThat(now.next().map(Firing::time)).contains(quarter(9));
            }
            assertThat(times(quarters.at(quarter(9), through, 9))).containsExactly(quarter(9));
        }
    }

    @Test
    void aClockThatStoodInAnotherYearIsNotWaitedFor() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.ALL);
        Instant wrong = at("2037-01-01T00:00:00Z");
        Now then = quarters.at(wrong, quarter(1), 9);
        assertThat(then.through()).isAfter(wrong.minus(Duration.ofDays(8)));
        Instant right = quarter(3).plusSeconds(1);
        Now now = quarters.at(right, then.through(), 9);
        assertThat(now.firings()).isEmpty();
        assertThat(now.next().map(Firing::time)).contains(quarter(4));
        assertThat(times(quarters.at(quarter(4), now.through(), 9))).containsExactly(quarter(4));
    }

    @Test
    void anAbsenceOfYearsIsLookedThroughInAMoment() {
        Timetable minutes = timetable(new Rhythm.At(Cron.parse("* * * * *"), OSLO), CatchUp.SKIP);
        Now now = minutes.at(at("2096-01-01T00:00:30Z"), BEGUN, 9);
        assertThat(times(now)).containsExactly(at("2096-01-01T00:00:00Z"));
        assertThat(now.skipped()).isEqualTo(400 * 24 * 60 - 1);
        Timetable seconds = timetable(new Rhythm.Every(Duration.ofSeconds(1)), CatchUp.ALL);
        assertThat(seconds.at(at("2096-01-01T00:00:00Z"), BEGUN, 9).firings()).hasSize(9);
    }

    @Test
    void theDayOnWhichTheClocksGoForwardHasItsFiring() {
        Timetable half = timetable(new Rhythm.At(Cron.parse("30 2 * * *"), OSLO), CatchUp.SKIP);
        Instant through = at("2026-03-28T02:30:00+01:00");
        Now now = half.at(at("2026-03-29T03:00:00+02:00"), through, 9);
        assertThat(times(now)).containsExactly(at("2026-03-29T03:00:00+02:00"));
        assertThat(now.next().map(Firing::time)).contains(at("2026-03-30T02:30:00+02:00"));
    }

    @Test
    void theDayOnWhichTheClocksGoBackHasOneFiring() {
        Timetable half = timetable(new Rhythm.At(Cron.parse("30 2 * * *"), OSLO), CatchUp.ALL);
        Instant through = at("2026-10-24T02:30:00+02:00");
        Now first = half.at(at("2026-10-25T02:30:00+02:00"), through, 9);
        assertThat(times(first)).containsExactly(at("2026-10-25T02:30:00+02:00"));
        Now second = half.at(at("2026-10-25T02:30:00+01:00"), first.through(), 9);
        assertThat(second.firings()).isEmpty();
        assertThat(second.next().map(Firing::time)).contains(at("2026-10-26T02:30:00+01:00"));
    }

    @Test
    void afterTheEndNothingFires() {
        Timetable quarters = timetable(EVERY_QUARTER, CatchUp.ALL, Duration.ZERO, null, quarter(2));
        Now now = quarters.at(quarter(9), BEGUN, 9);
        assertThat(times(now)).containsExactly(quarter(1), quarter(2));
        assertThat(now.next()).isEmpty();
        Timetable skipping =
                timetable(
                        EVERY_QUARTER,
                        CatchUp.SKIP,
                        Duration.ZERO,
                        null,
                        quarter(2).minusMillis(1));
        Now skipped = skipping.at(quarter(9), BEGUN, 9);
        assertThat(skipped.firings()).isEmpty();
        assertThat(skipped.skipped()).isEqualTo(1);
        assertThat(skipped.next()).isEmpty();
        assertThat(skipping.after(quarter(1))).isEmpty();
    }

    @Test
    void theSplayOfAFiringIsAlwaysTheSame() {
        Duration splay = Duration.ofMinutes(10);
        Timetable one = timetable(EVERY_QUARTER, CatchUp.SKIP, splay, null, null);
        Timetable again = timetable(EVERY_QUARTER, CatchUp.SKIP, splay, null, null);
        Set<Duration> parts = new HashSet<>();
        for (int n = 0; n < 200; n++) {
            Firing firing = one.after(quarter(n)).orElseThrow();
            assertThat(again.after(quarter(n))).contains(firing);
            Duration part = Duration.between(firing.time(), firing.due());
            assertThat(part).isBetween(Duration.ZERO, splay);
            assertThat(firing.deadline())
                    .isBetween(
                            firing.due().plus(Duration.ofMinutes(5)),
                            firing.due().plus(Duration.ofMinutes(10)));
            parts.add(part);
        }
        assertThat(parts).hasSizeGreaterThan(190);
        assertThat(parts.stream().filter(part -> part.compareTo(splay.dividedBy(2)) < 0).count())
                .isBetween(60L, 140L);
    }

    @Test
    void aFiringComesAtItsSplayAndNotBefore() {
        Timetable quarters =
                timetable(EVERY_QUARTER, CatchUp.SKIP, Duration.ofMinutes(14), null, null);
        Firing first = quarters.after(BEGUN).orElseThrow();
        Now early = quarters.at(first.due().minusMillis(1), BEGUN, 9);
        assertThat(early.firings()).isEmpty();
        assertThat(early.next()).contains(first);
        assertThat(quarters.at(first.due(), BEGUN, 9).firings()).containsExactly(first);
    }

    @Test
    void aSplayNeverCarriesAFiringBehindTheNext() {
        Timetable minutes =
                timetable(
                        new Rhythm.At(Cron.parse("* * * * *"), OSLO),
                        CatchUp.ALL,
                        Duration.ofHours(1),
                        null,
                        null);
        Instant through = BEGUN;
        Instant before = BEGUN;
        for (int n = 0; n < 300; n++) {
            Firing firing = minutes.after(through).orElseThrow();
            assertThat(firing.due()).isBetween(firing.time(), firing.time().plusSeconds(60));
            assertThat(firing.due()).isAfterOrEqualTo(before);
            before = firing.due();
            through = firing.time();
        }
    }

    @Test
    void whileOneStillHasItsSplayTheOneBeforeIsNotForgotten() {
        Timetable quarters =
                timetable(EVERY_QUARTER, CatchUp.ONCE, Duration.ofMinutes(14), null, null);
        Firing third = quarters.after(quarter(2)).orElseThrow();
        Now now = quarters.at(third.due().minusMillis(1), BEGUN, 9);
        assertThat(times(now)).containsExactly(quarter(2));
        assertThat(now.skipped()).isEqualTo(1);
        assertThat(now.next()).contains(third);
    }

    @Test
    void howLateAMessageMayBeStartedFollowsFromTheCatchUp() {
        Instant first = quarter(1);
        assertThat(deadline(EVERY_QUARTER, CatchUp.SKIP))
                .isEqualTo(first.plus(Duration.ofMinutes(10)));
        assertThat(deadline(EVERY_QUARTER, CatchUp.ONCE)).isEqualTo(quarter(2));
        assertThat(deadline(EVERY_QUARTER, CatchUp.ALL)).isEqualTo(first.plus(Duration.ofDays(7)));
        Rhythm seconds = new Rhythm.Every(Duration.ofSeconds(5));
        assertThat(deadline(seconds, CatchUp.SKIP)).isEqualTo(BEGUN.plusSeconds(65));
        assertThat(deadline(seconds, CatchUp.ONCE)).isEqualTo(BEGUN.plusSeconds(65));
    }

    private static Instant deadline(Rhythm rhythm, CatchUp catchUp) {
        return timetable(rhythm, catchUp).after(BEGUN).orElseThrow().deadline();
    }
}
