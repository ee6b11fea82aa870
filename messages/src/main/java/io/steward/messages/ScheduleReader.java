package io.steward.messages;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a `schedule` object.
final class ScheduleReader {
    private static final List<String> FIELDS =
            List.of("name", "cron", "zone", "every", "splay", "end", "catchUp", "maxLateness");
    private static final String DURATION = "a duration such as \"15m\", or a number of seconds";
    private static final String END =
            "a duration such as \"30d\", a number of seconds, or an instant such as"
                    + " \"2026-12-24T18:00:00Z\"";

    private final ValueReader in;
    private @Nullable String name;
    private @Nullable Cron cron;
    private @Nullable ZoneId zone;
    private @Nullable Duration every;
    private Duration splay = Duration.ZERO;
    private @Nullable Expiry end;
    private CatchUp catchUp = CatchUp.SKIP;
    private @Nullable Duration maxLateness;

    private ScheduleReader(ValueReader in) {
        this.in = in;
    }

    static Schedule read(ValueReader in) throws InputException {
        return new ScheduleReader(in).read();
    }

    private Schedule read() throws InputException {
        int start = in.offset();
        Map<String, Integer> given = in.object(FIELDS, this::field);
        if (cron == null && every == null) {
            throw in.missing(
                    start,
                    "cron",
                    "a line such as \"0 3 * * 1-5\", or \"every\" with a duration such as \"15m\"");
        }
        if (cron != null && every != null) {
            throw in.wrongField(given, "every", "is given beside cron: leave one out");
        }
        if (zone != null && cron == null) {
            throw in.wrongField(given, "zone", "is of no use without cron");
        }
        Rhythm rhythm =
                every != null ? new Rhythm.Every(every) : new Rhythm.At(required(cron), zone());
        String problem = Schedule.splayProblem(rhythm, splay);
        if (problem != null) {
            throw in.wrongField(given, "splay", problem);
        }
        return new Schedule(name, rhythm, splay, end, catchUp, maxLateness);
    }

    private static Cron required(@Nullable Cron cron) {
        if (cron == null) {
            throw new IllegalStateException("neither cron nor every");
        }
        return cron;
    }

    private ZoneId zone() {
        return zone != null ? zone : ZoneId.systemDefault();
    }

    private void field(String field) throws InputException {
        switch (field) {
            case "name" -> name = in.subjectToken("name");
            case "cron" -> cron = in.value(Cron::parse);
            case "zone" -> zone = in.value(ScheduleReader::zone);
            case "every" -> {
                every = duration();
                in.require(Limits.intervalProblem(every));
            }
            case "splay" -> {
                splay = duration();
                in.require(Limits.splayProblem(splay));
            }
            case "end" -> end = RequestReader.expiry(in, END, Limits::endProblem);
            case "catchUp" -> catchUp = in.value(CatchUp::of);
            default -> {
                maxLateness = duration();
                in.require(Limits.latenessProblem(maxLateness));
            }
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a time zone: expected a name such as \"Europe/Oslo\" or \"UTC\""
                            .formatted(Token.shorten(text)),
                    e);
        }
    }

    private Duration duration() throws InputException {
        return in.made(in.stringOrNumber(DURATION), Durations::parse);
    }
}
