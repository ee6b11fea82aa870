package io.steward.messages;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One of the five fields of a cron line, and which values it can have. A set of values is a mask:
/// bit *n* is set for value *n*.
enum CronField {
    MINUTE("minute", 0, 59),
    HOUR("hour", 0, 23),
    DAY("day of the month", 1, 31),
    MONTH("month", 1, 12),
    /// 0 and 7 are Sunday.
    WEEKDAY("day of the week", 0, 7);

    private static final List<String> MONTHS =
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> WEEKDAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private static final Pattern ITEM =
            Pattern.compile("(\\*|(\\w{1,3})(?:-(\\w{1,3}))?)(?:/(\\d{1,2}))?");

    private final String words;
    private final int least;
    private final int most;

    CronField(String words, int least, int most) {
        this.words = words;
        this.least = least;
        this.most = most;
    }

    private List<String> names() {
        return switch (this) {
            case MONTH -> MONTHS;
            case WEEKDAY -> WEEKDAYS;
            case MINUTE, HOUR, DAY -> List.of();
        };
    }

    /// The values that `text` allows, such as `*`, `*/5`, `1-5`, `MON,WED`.
    ///
    /// @throws IllegalArgumentException naming the field and what was expected
    long parse(String text) {
        long mask = 0;
        for (String item : text.split(",", -1)) {
            mask |= item(text, item);
        }
        return this == WEEKDAY ? (mask | mask >> 7) & 0x7f : mask;
    }

    private long item(String text, String item) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches()) {
            throw wrong(text, "");
        }
        boolean star = matcher.group(1).equals("*");
        String end = matcher.group(3);
        String step = matcher.group(4);
        if (step != null && !star && end == null) {
            throw wrong(
                    text,
                    "; a step needs a range, such as %s-%d/%s"
                            .formatted(item.split("/")[0], most, step));
        }
        int from = star ? least : value(text, matcher.group(2), false);
        int to =
                star
                        ? most - (this == WEEKDAY ? 1 : 0)
                        : end == null ? from : value(text, end, true);
        int by = step == null ? 1 : Integer.parseInt(step);
        if (from > to) {
            throw wrong(
                    text,
                    "; the range %d-%d runs backwards: write two, with a comma"
                            .formatted(from, to));
        }
        if (by == 0) {
            throw wrong(text, "; a step is at least 1");
        }
        long mask = 0;
        for (int value = from; value <= to; value += by) {
            mask |= 1L << value;
        }
        return mask;
    }

    /// @param end whether it ends a range, of which Sunday may be the end
    private int value(String text, String word, boolean end) {
        int named = names().indexOf(word.toUpperCase(Locale.ROOT));
        if (named >= 0) {
            return this == MONTH ? named + 1 : named == 0 && end ? 7 : named;
        }
        if (!word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(text, "");
        }
        int value = Integer.parseInt(word);
        if (value < least || value > most) {
            throw wrong(text, "");
        }
        return value;
    }

    private IllegalArgumentException wrong(String text, String hint) {
        return new IllegalArgumentException(
                "the %s \"%s\": expected %d to %d%s, as *, 1-3, 1,3 or */2%s"
                        .formatted(
                                words,
                                Token.shorten(text),
                                least,
                                most,
                                names().isEmpty()
                                        ? ""
                                        : " or %s to %s"
                                                .formatted(names().getFirst(), names().getLast()),
                                hint));
    }
}
