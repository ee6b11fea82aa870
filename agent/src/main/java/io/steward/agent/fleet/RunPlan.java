package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// In which order and how fast a run goes, and when it stops.
///
/// @param canary so many are sent theirs first, and have to end before the others are; 0 for none
/// @param batch how many are sent theirs at once, and have to end before the next are; null for all
/// @param concurrency how many that are there may be unfinished at a time; 0 for any number
/// @param pause between two batches
/// @param maxErrors the run stops when more than so many have failed; null for never
/// @param onlyUp whether those that are not there when it is their turn are left out
public record RunPlan(
        int canary,
        @Nullable Amount batch,
        int concurrency,
        Duration pause,
        @Nullable Amount maxErrors,
        boolean onlyUp) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST = 1_000_000;
    private static final Duration LONGEST_PAUSE = Duration.ofDays(30);
    private static final Set<String> FIELDS =
            Set.of("canary", "batch", "concurrency", "pause", "maxErrors", "onlyUp");

    /// All at once, whatever happens.
    public static final RunPlan ALL = new RunPlan(0, null, 0, Duration.ZERO, null, false);

    /// With a canary and no word of errors none may fail.
    ///
    /// @throws IllegalArgumentException if a value is out of its range
    public RunPlan {
        require("canary", canary, 0, MOST);
        require("concurrency", concurrency, 0, MOST);
        if (batch != null && batch.number() == 0) {
            throw new IllegalArgumentException("batch: is 0, expected at least 1");
        }
        if (pause.isNegative() || pause.compareTo(LONGEST_PAUSE) > 0) {
            throw new IllegalArgumentException(
                    "pause: %s is out of range, expected 0s to 30d"
                            .formatted(Durations.format(pause)));
        }
        maxErrors = maxErrors == null && canary > 0 ? new Amount(0, false) : maxErrors;
    }

    private static void require(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s: %d is out of range, expected %d to %d"
                            .formatted(field, value, least, most));
        }
    }

    /// How many are sent theirs in a wave.
    ///
    /// @param total targets of the run
    int size(int wave, int total) {
        if (wave == 0 && canary > 0) {
            return canary;
        }
        return batch == null ? total : batch.atLeastOne(total);
    }

    /// @throws IllegalArgumentException names the field that is not as it has to be
    public static RunPlan of(JsonNode json) {
        json.fieldNames()
                .forEachRemaining(field -> {
                    if (!FIELDS.contains(field)) {
                        throw new IllegalArgumentException(
                                "plan.%s: is not known, expected one of %s"
                                        .formatted(
                                                field,
                                                String.join(
                                                        ", ", FIELDS.stream().sorted().toList())));
                    }
                });
        return new RunPlan(
                number(json, "canary"),
                amount(json, "batch"),
                number(json, "concurrency"),
                read(json, "pause", Durations::parse, Duration.ZERO),
                amount(json, "maxErrors"),
                read(json, "onlyUp", RunPlan::flag, false));
    }

    private static @Nullable Amount amount(JsonNode json, String field) {
        return json.hasNonNull(field)
                ? read(json, field, Amount::parse, new Amount(0, false))
                : null;
    }

    private static int number(JsonNode json, String field) {
        return read(
                json,
                field,
                text -> {
                    if (!text.matches("0*[1-9]\\d{0,8}")) {
                        throw new IllegalArgumentException(
                                "\"%s\": expected a whole number from 1 to %d"
                                        .formatted(text, MOST));
                    }
                    return Integer.parseInt(text);
                },
                0);
    }

    private static boolean flag(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("\"%s\": expected true or false".formatted(text));
        }
        return Boolean.parseBoolean(text);
    }

    private static <T> T read(
            JsonNode json, String field, Function<String, T> parser, T byDefault) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return byDefault;
        }
        try {
            if (value.isContainerNode()) {
                throw new IllegalArgumentException("expected one value");
            }
            return parser.apply(value.asText());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("plan.%s: %s".formatted(field, e.getMessage()), e);
        }
    }

    /// As [#of] reads it; without what is as usual.
    public ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        if (canary > 0) {
            json.put("canary", canary);
        }
        if (batch != null) {
            json.put("batch", batch.toString());
        }
        if (concurrency > 0) {
            json.put("concurrency", concurrency);
        }
        if (pause.isPositive()) {
            json.put("pause", Durations.format(pause));
        }
        if (maxErrors != null) {
            json.put("maxErrors", maxErrors.toString());
        }
        if (onlyUp) {
            json.put("onlyUp", true);
        }
        return json;
    }
}
