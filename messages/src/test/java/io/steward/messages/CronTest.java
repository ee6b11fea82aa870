package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronTest {
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId OSLO = ZoneId.of("Europe/Oslo");

    /// The first times after `start`, as they stand on the wall with their offset.
    private static List<String> times(String line, ZoneId zone, String start, int count) {
        Cron cron = Cron.parse(line);
        List<String> times = new ArrayList<>();
        Instant time = ZonedDateTime.parse(start).toInstant();
        for (int n = 0; n < count; n++) {
            time = Objects.requireNonNull(cron.after(time, zone));
            times.add(time.atZone(zone).toOffsetDateTime().toString());
        }
        return times;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/20 * * * *      | 2026-11-20T10:05Z    | 2026-11-20T10:20Z",
                "0 3 * * 1-5       | 2026-11-20T03:00Z    | 2026-11-23T03:00Z",
                "0 3 * * MON-FRI   | 2026-11-20T02:59:59Z | 2026-11-20T03:00Z",
                "30 4 1,15 * 5     | 2026-11-02T00:00Z    | 2026-11-06T04:30Z",
                "30 4 1,15 * 5     | 2026-11-13T05:00Z    | 2026-11-15T04:30Z",
                "0 0 */2 * 1       | 2026-11-16T00:00Z    | 2026-11-23T00:00Z",
                "0 0 * * 7         | 2026-11-20T00:00Z    | 2026-11-22T00:00Z",
                "0 0 * * fri-sun   | 2026-11-21T00:00Z    | 2026-11-22T00:00Z",
                "0 0 29 2 *        | 2026-11-20T00:00Z    | 2028-02-29T00:00Z",
                "0 0 29 2 *        | 2096-02-29T00:00Z    | 2104-02-29T00:00Z",
                "0 0 31 * *        | 2026-04-01T00:00Z    | 2026-05-31T00:00Z",
                "59 23 31 12 *     | 2026-12-31T23:59Z    | 2027-12-31T23:59Z",
                "0 0 30 2 1        | 2026-02-23T00:00Z    | 2027-02-01T00:00Z",
                "5-10/2 8 * jan *  | 2026-11-20T00:00Z    | 2027-01-01T08:05Z",
                "@hourly           | 2026-11-20T10:00Z    | 2026-11-20T11:00Z",
                "@weekly           | 2026-11-20T10:00Z    | 2026-11-22T00:00Z",
                "@yearly           | 2026-11-20T10:00Z    | 2027-01-01T00:00Z"
            })
    void aLineSaysItsNextTime(String line, String start, String next) {
        assertThat(times(line, UTC, start, 1)).containsExactly(next);
    }

    @Test
    void aTimeThatTheClocksLeaveOutComesAtTheMomentAfter() {
        assertThat(times("30 2 * * *", OSLO, "2026-03-28T03:00+01:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(times("*/20 2,3 * * *", OSLO, "2026-03-29T00:00+01:00", 3))
                .containsExactly(
                        "2026-03-29T03:00+02:00",
                        "2026-03-29T03:20+02:00",
                        "2026-03-29T03:40+02:00");
    }

    @Test
    void aTimeThatComesTwiceCountsOnceAtTheFirst() {
        assertThat(times("30 2 * * *", OSLO, "2026-10-25T00:00+02:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(times("30 2 * * *", OSLO, "2026-10-25T02:10+01:00", 1))
                .containsExactly("2026-10-26T02:30+01:00");
        assertThat(times("0 */2 * * *", OSLO, "2026-10-25T01:00+02:00", 2))
                .containsExactly("2026-10-25T02:00+02:00", "2026-10-25T04:00+01:00");
    }

    @Test
    void whatIsForEveryHourFollowsTheTimeThatPasses() {
        assertThat(times("15 * * * *", OSLO, "2026-03-29T01:00+01:00", 3))
                .containsExactly(
                        "2026-03-29T01:15+01:00",
                        "2026-03-29T03:15+02:00",
                        "2026-03-29T04:15+02:00");
        assertThat(times("*/30 * * * *", OSLO, "2026-10-25T02:00+02:00", 4))
                .containsExactly(
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
    }

    @Test
    void clocksThatAreChangedByHalfAnHourOrADayAreNoMatter() {
        ZoneId lordHowe = ZoneId.of("Australia/Lord_Howe");
        assertThat(times("15 2 * * *", lordHowe, "2026-10-03T12:00+10:30", 2))
                .containsExactly("2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00");
        assertThat(times("45 * * * *", lordHowe, "2026-04-05T01:00+11:00", 3))
                .containsExactly(
                        "2026-04-05T01:45+11:00",
                        "2026-04-05T01:45+10:30",
                        "2026-04-05T02:45+10:30");
        assertThat(times("0 3 * * *", ZoneId.of("Pacific/Apia"), "2011-12-29T00:00-10:00", 3))
                .containsExactly(
                        "2011-12-29T03:00-10:00",
                        "2011-12-31T00:00+14:00",
                        "2011-12-31T03:00+14:00");
        assertThat(times("0 */2 * * *", ZoneId.of("Africa/Cairo"), "2026-04-23T22:30+02:00", 2))
                .containsExactly("2026-04-24T01:00+03:00", "2026-04-24T02:00+03:00");
    }

    @Test
    void timesAlwaysRise() {
        Random random = new Random(7);
        List<ZoneId> zones =
                List.of(OSLO, ZoneId.of("Australia/Lord_Howe"), ZoneId.of("America/St_Johns"));
        List<String> lines =
                List.of(
                        "*/7 * * * *",
                        "*/13 1-3 * * *",
                        "59 23 * * *",
                        "0 0 * 3,10 0",
                        "1 2 * * *");
        for (int n = 0; n < 20_000; n++) {
            Instant start = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
            Cron cron = Cron.parse(lines.get(n % lines.size()));
            ZoneId zone = zones.get(random.nextInt(zones.size()));
            Instant first = Objects.requireNonNull(cron.after(start, zone));
            Instant second = cron.after(first, zone);
            assertThat(first).isAfter(start);
            assertThat(second).as("%s in %s after %s", cron, zone, first).isAfter(first);
            Instant between = start.plus(Duration.between(start, first).dividedBy(2));
            assertThat(cron.after(between, zone)).isEqualTo(first);
        }
    }

    @Test
    void thereIsAnEndOfTheCalendar() {
        assertThat(Cron.parse("@daily").after(Instant.parse("9999-06-01T00:00:00Z"), UTC)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "@reboot",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * 32 * *",
                "* * * 13 *",
                "* * * * 8",
                "* * * foo *",
                "MON * * * *",
                "1, * * * *",
                "*/0 * * * *",
                "5/10 * * * *",
                "50-10 * * * *",
                "? * * * *",
                "* * L * *",
                "* * * * 5#2",
                "-1 * * * *",
                "0 0 30 2 *"
            })
    void aLineThatIsNoneSaysSo(String line) {
        assertThatThrownBy(() -> Cron.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + line + "\" is not a cron line: ");
    }

    @Test
    void anErrorNamesTheFieldAndWhatWasExpected() {
        assertThatThrownBy(() -> Cron.parse("0 22-2 * * *"))
                .hasMessage(
                        "\"0 22-2 * * *\" is not a cron line: the hour \"22-2\": expected 0 to 23,"
                            + " as *, 1-3, 1,3 or */2; the range 22-2 runs backwards: write two,"
                            + " with a comma");
        assertThatThrownBy(() -> Cron.parse("0 3 * * FOO"))
                .hasMessageContaining(
                        "the day of the week \"FOO\": expected 0 to 7 or SUN to SAT, as *");
    }
}
