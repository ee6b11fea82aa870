package io.steward.messages;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When a message is sent again and again.
///
/// @param name by which it is known, a token; null for one that is made up
/// @param splay each firing comes later by a part of this that looks random
/// @param end no firing is later than this; null for none
/// @param maxLateness how late a message may still be started; null for the default of `catchUp`
public record Schedule(
        @Nullable String name,
        Rhythm rhythm,
        Duration splay,
        @Nullable Expiry end,
        CatchUp catchUp,
        @Nullable Duration maxLateness) {

    /// @throws IllegalArgumentException if a value is out of its range; the message names the field
    ///   and the range
    public Schedule {
        if (name != null) {
            Token.require("name", name);
        }
        require("splay", Limits.splayProblem(splay));
        require("maxLateness", maxLateness == null ? null : Limits.latenessProblem(maxLateness));
        require("splay", splayProblem(rhythm, splay));
    }

    private static void require(String field, @Nullable String problem) {
        if (problem != null) {
            throw new IllegalArgumentException(field + ": " + problem);
        }
    }

    static @Nullable String splayProblem(Rhythm rhythm, Duration splay) {
        return rhythm instanceof Rhythm.Every(Duration interval) && splay.compareTo(interval) >= 0
                ? "%s is not shorter than \"every\": %s"
                        .formatted(Durations.format(splay), Durations.format(interval))
                : null;
    }

    /// The same under a name.
    public Schedule named(String newName) {
        return new Schedule(newName, rhythm, splay, end, catchUp, maxLateness);
    }
}
