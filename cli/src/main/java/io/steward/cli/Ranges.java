package io.steward.cli;

import io.steward.messages.Durations;
import java.time.Duration;

/// Refuses values of options that are out of their range.
final class Ranges {
    private Ranges() {}

    /// @param option as it stands on the command line
    /// @throws CliException naming the option, the value and what is expected
    static void require(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw outside(option, Long.toString(value), "%d to %d".formatted(least, most));
        }
    }

    /// @param option as it stands on the command line
    /// @throws CliException naming the option, the value and what is expected
    static void atLeast(String option, long value, long least) {
        if (value < least) {
            throw outside(option, Long.toString(value), "%d or more".formatted(least));
        }
    }

    /// @param option as it stands on the command line
    /// @throws CliException naming the option, the value and what is expected
    static void require(String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw outside(
                    option,
                    Durations.format(value),
                    "%s to %s".formatted(Durations.format(least), Durations.format(most)));
        }
    }

    /// @param option as it stands on the command line
    /// @throws CliException naming the option, the value and what is expected
    static void atLeast(String option, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw outside(option, Durations.format(value), Durations.format(least) + " or more");
        }
    }

    private static CliException outside(String option, String value, String expected) {
        return new CliException(
                Exit.USAGE,
                "%s: %s is out of range, expected %s".formatted(option, value, expected));
    }
}
