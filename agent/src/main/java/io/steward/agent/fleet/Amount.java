package io.steward.agent.fleet;

import java.util.regex.Pattern;

/// So many, or so many of a hundred: `50`, `10%`.
public record Amount(int number, boolean percent) {
    private static final Pattern SHAPE = Pattern.compile("\\d{1,9}%?");

    /// @throws IllegalArgumentException if it is negative, or more than 100 %
    public Amount {
        if (number < 0 || (percent && number > 100)) {
            throw new IllegalArgumentException(
                    "%d%s: expected a number, or 0%% to 100%%"
                            .formatted(number, percent ? "%" : ""));
        }
    }

    /// @throws IllegalArgumentException if it is none
    public static Amount parse(String text) {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\": expected a number such as 50, or a part such as 10%%".formatted(text));
        }
        boolean percent = text.endsWith("%");
        return new Amount(
                Integer.parseInt(percent ? text.substring(0, text.length() - 1) : text), percent);
    }

    /// So many of `total`, rounded down.
    public int atMost(int total) {
        return percent ? (int) ((long) total * number / 100) : number;
    }

    /// So many of `total`, at least one.
    public int atLeastOne(int total) {
        return Math.max(1, percent ? (int) (((long) total * number + 99) / 100) : number);
    }

    @Override
    public String toString() {
        return percent ? number + "%" : Integer.toString(number);
    }
}
