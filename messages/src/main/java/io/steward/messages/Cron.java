package io.steward.messages;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Times as a line of crontab(5) says them: `minute hour day-of-month month day-of-week`, or
/// `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. If both days are restricted (neither
/// begins with `*`), one of them is enough. Immutable.
///
/// Where the clocks of a zone are changed, as in cron: one that is for every hour follows the time
/// that passes, so it stands still for nobody and runs through an hour that comes twice a second
/// time. Any other means the time on the wall: what falls into the hour that is left out comes at
/// the moment after it, and what falls into the hour that comes twice comes once, at the first.
public final class Cron {
    private static final Map<String, String> MACROS =
            Map.of(
                    "@hourly", "0 * * * *",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@weekly", "0 0 * * 0",
                    "@monthly", "0 0 1 * *",
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *");
    private static final int LONGEST = 400;
    private static final long EVERY_HOUR = (1L << 24) - 1;
    private static final int LAST_YEAR = 9_998;

    private final String text;
    private final long minutes;
    private final long hours;
    private final long days;
    private final long months;
    private final long weekdays;
    private final boolean either;

    private Cron(String text, List<String> fields) {
        this.text = text;
        this.minutes = CronField.MINUTE.parse(fields.get(0));
        this.hours = CronField.HOUR.parse(fields.get(1));
        this.days = CronField.DAY.parse(fields.get(2));
        this.months = CronField.MONTH.parse(fields.get(3));
        this.weekdays = CronField.WEEKDAY.parse(fields.get(4));
        this.either = !fields.get(2).startsWith("*") && !fields.get(4).startsWith("*");
    }

    /// @throws IllegalArgumentException if `text` is no such line, or says a day that never comes
    public static Cron parse(String text) {
        String line = MACROS.getOrDefault(text.strip(), text.strip());
        List<String> fields = List.of(line.split("[ \t]+"));
        if (line.length() > LONGEST || fields.size() != 5) {
            throw wrong(
                    text,
                    "expected 5 fields: minute, hour, day of the month, month, day of the week, as"
                            + " in \"0 3 * * 1-5\"");
        }
        Cron cron;
        try {
            cron = new Cron(text.strip(), fields);
        } catch (IllegalArgumentException e) {
            throw wrong(text, String.valueOf(e.getMessage()));
        }
        if (!cron.either && !cron.hasADay()) {
            throw wrong(text, "no month that it names has such a day");
        }
        return cron;
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException(
                "\"%s\" is not a cron line: %s".formatted(Token.shorten(text), why));
    }

    private boolean hasADay() {
        for (Month month : Month.values()) {
            if (has(months, month.getValue())
                    && Long.numberOfTrailingZeros(days) <= month.maxLength()) {
                return true;
            }
        }
        return false;
    }

    /// The first such time after `time`; null if there is none before the year 9999.
    public @Nullable Instant after(Instant time, ZoneId zone) {
        return hours == EVERY_HOUR
                ? afterAsTimePasses(time, zone.getRules())
                : afterOnTheWall(time, zone.getRules());
    }

    private @Nullable Instant afterAsTimePasses(Instant time, ZoneRules rules) {
        Instant from = time.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        while (true) {
            ZoneOffset offset = rules.getOffset(from);
            LocalDateTime found = atOrAfter(roundedUp(LocalDateTime.ofInstant(from, offset)));
            if (found == null) {
                return null;
            }
            Instant instant = found.toInstant(offset);
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || instant.isBefore(change.getInstant())) {
                return instant;
            }
            from = change.getInstant();
        }
    }

    /// Offsets of long ago had seconds.
    private static LocalDateTime roundedUp(LocalDateTime time) {
        LocalDateTime minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? time : minute.plusMinutes(1);
    }

    private @Nullable Instant afterOnTheWall(Instant time, ZoneRules rules) {
        LocalDateTime from =
                LocalDateTime.ofInstant(time, rules.getOffset(time))
                        .truncatedTo(ChronoUnit.MINUTES)
                        .plusMinutes(1);
        while (true) {
            LocalDateTime found = atOrAfter(from);
            if (found == null) {
                return null;
            }
            Instant instant = instant(found, rules);
            if (instant.isAfter(time)) {
                return instant;
            }
            from = found.plusMinutes(1);
        }
    }

    private static Instant instant(LocalDateTime time, ZoneRules rules) {
        ZoneOffsetTransition change = rules.getTransition(time);
        if (change == null) {
            return time.toInstant(rules.getOffset(time));
        }
        return change.isGap() ? change.getInstant() : time.toInstant(change.getOffsetBefore());
    }

    private @Nullable LocalDateTime atOrAfter(LocalDateTime time) {
        LocalDate day = time.toLocalDate();
        if (matches(day)) {
            LocalTime found = atOrAfter(time.toLocalTime());
            if (found != null) {
                return day.atTime(found);
            }
        }
        day = day.plusDays(1);
        while (day.getYear() <= LAST_YEAR) {
            if (!has(months, day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else if (matches(day)) {
                return day.atTime(first(hours, 0), first(minutes, 0));
            } else {
                day = day.plusDays(1);
            }
        }
        return null;
    }

    private @Nullable LocalTime atOrAfter(LocalTime time) {
        if (has(hours, time.getHour())) {
            int minute = first(minutes, time.getMinute());
            if (minute >= 0) {
                return LocalTime.of(time.getHour(), minute);
            }
        }
        int hour = first(hours, time.getHour() + 1);
        return hour < 0 ? null : LocalTime.of(hour, first(minutes, 0));
    }

    private boolean matches(LocalDate day) {
        boolean ofMonth = has(days, day.getDayOfMonth());
        boolean ofWeek = has(weekdays, day.getDayOfWeek().getValue() % 7);
        return has(months, day.getMonthValue()) && (either ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private static boolean has(long mask, int value) {
        return (mask >> value & 1) == 1;
    }

    /// The least value that is at least `from`; -1 if there is none.
    private static int first(long mask, int from) {
        long rest = mask & -1L << from;
        return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cron cron && cron.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// As it was written.
    @Override
    public String toString() {
        return text;
    }
}
