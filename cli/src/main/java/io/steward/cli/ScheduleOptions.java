package io.steward.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// When a message is sent again and again.
final class ScheduleOptions {
    @Option(
            names = "--cron",
            paramLabel = "LINE",
            description =
                    "Not now but at these times, again and again: \"0 3 * * 1-5\" (minute, hour,"
                        + " day of the month, month, day of the week). See \"steward schedule\".")
    @Nullable String cron;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The time zone of --cron, Europe/Oslo. Default: the agent's.")
    @Nullable String zone;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "Not now but after this time, again and again: 15m.")
    @Nullable String every;

    @Option(
            names = "--splay",
            paramLabel = "TIME",
            description = "Each time later by a part of this that looks random (0s).")
    @Nullable String splay;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Not after this: a duration from now or an instant.")
    @Nullable String until;

    @Option(
            names = "--catch-up",
            paramLabel = "WHAT",
            description =
                    "What was missed while the agent was down: skip it, send it once or send all"
                            + " (skip).")
    @Nullable String catchUp;

    @Option(
            names = "--max-lateness",
            paramLabel = "TIME",
            description =
                    "How late it may still be started (skip: until the next time, at most 10m;"
                            + " once: until the next time; all: 7d).")
    @Nullable String maxLateness;

    @Option(
            names = "--schedule-name",
            paramLabel = "NAME",
            description = "Its name; takes the place of the schedule that has it.")
    @Nullable String name;

    private ObjectNode json() {
        ObjectNode json = Json.object();
        put(json, "name", name);
        put(json, "cron", cron);
        put(json, "zone", zone);
        put(json, "every", every);
        put(json, "splay", splay);
        put(json, "end", until);
        put(json, "catchUp", catchUp);
        put(json, "maxLateness", maxLateness);
        return json;
    }

    private static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    /// Adds the schedule to a message, if there is one.
    void addTo(ObjectNode message) {
        ObjectNode json = json();
        if (!json.isEmpty()) {
            message.set("schedule", json);
        }
    }

    /// @param plain whether the targets are names and there is no plan
    void require(boolean plain) {
        ObjectNode json = json();
        if (json.isEmpty()) {
            return;
        }
        if (cron == null && every == null) {
            throw new CliException(
                    Exit.USAGE,
                    "--cron or --every is missing: it says when, and the other options of a"
                            + " schedule are of no use without");
        }
        if (!plain) {
            throw new CliException(
                    Exit.USAGE,
                    "a schedule sends to nodes that are named: leave out globs, expressions and"
                            + " --canary, --batch and the like");
        }
    }
}
