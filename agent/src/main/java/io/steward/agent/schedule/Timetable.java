package io.steward.agent.schedule;

import io.steward.messages.CatchUp;
import io.steward.messages.Schedule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When a schedule fires, and what becomes of firings whose time has passed. Pure: the same
/// questions have the same answers, after a restart too. Immutable.
///
/// Each firing is moved by a part of the splay that depends on the schedule and its time alone, and
/// never behind the next one, so that firings stay in their order.
final class Timetable {
    /// With [CatchUp#SKIP] a firing that is late by more was missed.
    static final Duration TOLERANCE = Duration.ofMinutes(1);

    /// A clock that is set back by more than this was wrong before: what was fired by it counts no
    /// more. By less, and nothing fires twice.
    static final Duration SET_BACK = Duration.ofHours(3);

    private static final Duration SHORTEST_LATENESS = Duration.ofMinutes(1);
    private static final Duration LATENESS = Duration.ofMinutes(10);
    private static final Duration LATENESS_OF_ALL = Duration.ofDays(7);

    private final Schedule schedule;
    private final Instant begun;
    private final @Nullable Instant end;
    private final String seed;

    /// @param begun what an interval is counted from
    /// @param end no firing is later than this; null for none
    /// @param seed tells its splay from that of other schedules
    Timetable(Schedule schedule, Instant begun, @Nullable Instant end, String seed) {
        this.schedule = schedule;
        this.begun = begun.truncatedTo(ChronoUnit.MILLIS);
        this.end = end;
        this.seed = seed;
    }

    /// What is to be done now.
    ///
    /// @param firings are to be sent, in this order
    /// @param skipped how many others are left out
    /// @param through the time of the last one that is sent or left out
    /// @param next the one after it; empty if there will be none
    record Now(List<Firing> firings, long skipped, Instant through, Optional<Firing> next) {}

    /// The first firing whose time is after `time`.
    Optional<Firing> after(Instant time) {
        Instant found = schedule.rhythm().after(time, begun);
        return found == null || (end != null && found.isAfter(end))
                ? Optional.empty()
                : Optional.of(firing(found));
    }

    private Firing firing(Instant time) {
        Instant due = due(time);
        Instant following = schedule.rhythm().after(time, begun);
        Duration gap = following == null ? LATENESS_OF_ALL : Duration.between(due, due(following));
        return new Firing(time, due, due.plus(lateness(gap)));
    }

    private Instant due(Instant time) {
        if (schedule.splay().isZero()) {
            return time;
        }
        Instant following = schedule.rhythm().after(time, begun);
        Duration gap = following == null ? schedule.splay() : Duration.between(time, following);
        Duration room = gap.compareTo(schedule.splay()) < 0 ? gap : schedule.splay();
        return time.plusMillis(part(time, room.toMillis()));
    }

    /// A number from 0 to below `of` that depends on the schedule and the time.
    private long part(Instant time, long of) {
        if (of < 1) {
            return 0;
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    (seed + " " + time.toEpochMilli())
                                            .getBytes(StandardCharsets.UTF_8));
            return Math.floorMod(ByteBuffer.wrap(hash).getLong(), of);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// How late a firing may be started.
    ///
    /// @param gap until the next one
    private Duration lateness(Duration gap) {
        Duration given = schedule.maxLateness();
        if (given != null) {
            return given;
        }
        return switch (schedule.catchUp()) {
            case SKIP -> clamp(gap, LATENESS);
            case ONCE -> clamp(gap, LATENESS_OF_ALL);
            case ALL -> LATENESS_OF_ALL;
        };
    }

    private static Duration clamp(Duration gap, Duration most) {
        Duration least = gap.compareTo(SHORTEST_LATENESS) < 0 ? SHORTEST_LATENESS : gap;
        return least.compareTo(most) > 0 ? most : least;
    }

    /// What is to be done at `now`, after every firing up to `through` was.
    ///
    /// @param most how many firings at a time, at least 1; where there are more, `next` is due, too
    Now at(Instant now, Instant through, int most) {
        Instant from = through.isAfter(now.plus(SET_BACK)) ? now : through;
        return schedule.catchUp() == CatchUp.ALL ? all(now, from, most) : one(now, from);
    }

    private Now one(Instant now, Instant from) {
        Passed passed = Passed.between(schedule.rhythm(), begun, from, lastTime(now));
        if (passed.last() == null) {
            return new Now(List.of(), 0, from, after(from));
        }
        Firing last = firing(passed.last());
        long count = passed.count();
        if (last.due().isAfter(now)) {
            if (passed.beforeLast() == null) {
                return new Now(List.of(), 0, from, Optional.of(last));
            }
            last = firing(passed.beforeLast());
            count--;
        }
        boolean late = !now.isBefore(latest(last));
        return new Now(
                late ? List.of() : List.of(last),
                late ? count : count - 1,
                last.time(),
                after(last.time()));
    }

    /// When a firing may be sent at the latest.
    private Instant latest(Firing firing) {
        Instant tolerated = firing.due().plus(TOLERANCE);
        return schedule.catchUp() == CatchUp.SKIP && tolerated.isBefore(firing.deadline())
                ? tolerated
                : firing.deadline();
    }

    private Now all(Instant now, Instant from, int most) {
        Duration lateness = lateness(Duration.ZERO);
        Instant tooLate = now.minus(lateness).minus(schedule.splay());
        long skipped = 0;
        Instant through = from;
        if (tooLate.isAfter(from)) {
            Passed passed = Passed.between(schedule.rhythm(), begun, from, lastTime(tooLate));
            skipped = passed.count();
            through = passed.last() == null ? from : passed.last();
        }
        List<Firing> firings = new ArrayList<>();
        Optional<Firing> next = after(through);
        while (next.isPresent() && !next.get().due().isAfter(now) && firings.size() < most) {
            Firing firing = next.get();
            if (!now.isBefore(firing.deadline())) {
                skipped++;
            } else {
                firings.add(firing);
            }
            through = firing.time();
            next = after(through);
        }
        return new Now(List.copyOf(firings), skipped, through, next);
    }

    private Instant lastTime(Instant now) {
        return end != null && end.isBefore(now) ? end : now;
    }
}
