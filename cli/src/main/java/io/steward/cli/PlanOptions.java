package io.steward.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// In which order and how fast a run goes, and when it stops.
final class PlanOptions {
    @Option(
            names = "--canary",
            paramLabel = "N",
            description =
                    "N nodes that are up first; the others only when these have ended. Without"
                            + " --max-errors none may fail.")
    @Nullable Integer canary;

    @Option(
            names = "--batch",
            paramLabel = "N|N%",
            description = "So many at once; the next when these have ended.")
    @Nullable String batch;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "At most N that are up may be unfinished at a time.")
    @Nullable Integer concurrency;

    @Option(
            names = "--pause",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Between two batches: 30s. Without it there is none.")
    @Nullable Duration pause;

    @Option(
            names = "--max-errors",
            paramLabel = "N|N%",
            description = "Stop when more than so many have failed.")
    @Nullable String maxErrors;

    @Option(
            names = "--only-up",
            description = "Leave out nodes that are not up when it is their turn.")
    boolean onlyUp;

    boolean isEmpty() {
        return json().isEmpty();
    }

    /// As the API has it.
    ObjectNode json() {
        ObjectNode json = Json.object();
        if (canary != null) {
            json.put("canary", canary);
        }
        if (batch != null) {
            json.put("batch", batch);
        }
        if (concurrency != null) {
            json.put("concurrency", concurrency);
        }
        if (pause != null) {
            json.put("pause", Durations.format(pause));
        }
        if (maxErrors != null) {
            json.put("maxErrors", maxErrors);
        }
        if (onlyUp) {
            json.put("onlyUp", true);
        }
        return json;
    }
}
