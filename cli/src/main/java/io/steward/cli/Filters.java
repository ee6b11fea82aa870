package io.steward.cli;

import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which messages to show.
final class Filters {
    @Option(names = "--node", paramLabel = "NODE", description = "To or from this node.")
    @Nullable String node;

    @Option(names = "--method", paramLabel = "METHOD", description = "Of this method.")
    @Nullable String method;

    @Option(names = "--state", paramLabel = "STATE", description = "In this state.")
    @Nullable String state;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Not older: a duration (2h), a day or a time (2026-11-20T08:30).")
    @Nullable String since;

    @Option(
            names = "--all",
            description =
                    "Also what agents tell each other of their own accord: hello and errorlog.")
    boolean all;

    /// Whether agents send messages of this method without being told to.
    static boolean isOfAgents(String method) {
        return method.equals("hello") || method.equals("errorlog");
    }

    /// Whether messages of this method are wanted: those of the agents only by name or by `--all`.
    boolean wants(String of) {
        return method == null ? all || !isOfAgents(of) : method.equals(of);
    }

    /// @throws CliException if one of them cannot be
    void check() {
        try {
            if (node != null) {
                node = new NodeName(node).value();
            }
            if (state != null) {
                state = State.of(state).word();
            }
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    @Nullable Instant since() {
        return since == null ? null : instant(since);
    }

    /// A time, or so long ago.
    static Instant instant(String text) {
        try {
            return Instant.now().minus(Durations.parse(text));
        } catch (IllegalArgumentException notADuration) {
            ZoneId here = ZoneId.systemDefault();
            try {
                if (text.length() == 10) {
                    return LocalDate.parse(text).atStartOfDay(here).toInstant();
                }
                return text.endsWith("Z") || text.indexOf('+') > 0
                        ? OffsetDateTime.parse(text).toInstant()
                        : LocalDateTime.parse(text).atZone(here).toInstant();
            } catch (DateTimeException e) {
                throw new CliException(
                        Exit.USAGE,
                        "\"%s\" is no time: expected for example 2h, 2026-11-20 or 2026-11-20T08:30"
                                .formatted(text));
            }
        }
    }
}
