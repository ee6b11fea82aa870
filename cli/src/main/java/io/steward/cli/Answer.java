package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.messages.State;
import java.time.Duration;

/// What is known of one node that something was sent to.
///
/// @param word the state in a word
/// @param outcome the state with its reason
/// @param took zero where it has not ended
@SuppressWarnings("ArrayRecordComponent") // printed once
record Answer(
        String node,
        Kind kind,
        String word,
        String outcome,
        byte[] stdout,
        byte[] stderr,
        Duration took,
        JsonNode json) {

    /// How well it went, in the order in which they are shown.
    enum Kind {
        FAILED(Exit.FAILED),
        REFUSED(Exit.REFUSED),
        EXPIRED(Exit.EXPIRED),
        SUCCEEDED(Exit.OK),
        LEFT_OUT(Exit.OK),
        UNSENT(Exit.NO_ANSWER),
        WAITING(Exit.NO_ANSWER);

        private final int exit;

        Kind(int exit) {
            this.exit = exit;
        }

        int exit() {
            return exit;
        }

        static Kind of(State state) {
            return switch (state) {
                case FAILED, INTERRUPTED -> FAILED;
                case REFUSED -> REFUSED;
                case EXPIRED, CANCELLED -> EXPIRED;
                case SUCCEEDED -> SUCCEEDED;
                case QUEUED, PUBLISHED, RECEIVED, STARTED -> WAITING;
            };
        }
    }

    static Answer of(Delivery message) {
        return new Answer(
                message.node(),
                Kind.of(message.state()),
                message.state().word(),
                message.outcome(),
                message.stdout(),
                message.stderr(),
                message.state().isEnd() ? message.took() : Duration.ZERO,
                message.json());
    }

    /// Of a target of a run, with its result or without.
    static Answer ofTarget(JsonNode target) {
        String state = target.path("state").asText();
        if (target.has("result")) {
            Answer of = of(new Delivery(target.path("result")));
            boolean away = target.path("away").asBoolean();
            boolean unknown = target.path("unknown").asBoolean();
            return new Answer(
                    of.node,
                    of.kind,
                    unknown ? "unknown" : away ? "away" : of.word,
                    unknown
                            ? "nobody has heard of it: " + waits(of.word)
                            : away ? "away: " + waits(of.word) : of.outcome,
                    of.stdout,
                    of.stderr,
                    of.took,
                    target);
        }
        Kind kind =
                switch (state) {
                    case "unsent" -> Kind.UNSENT;
                    case "left-out" -> Kind.LEFT_OUT;
                    default -> Kind.of(State.of(state));
                };
        String word = kind == Kind.UNSENT ? "not sent" : kind == Kind.LEFT_OUT ? "left out" : state;
        return new Answer(
                target.path("node").asText(),
                kind,
                word,
                kind == Kind.LEFT_OUT ? word + ": " + target.path("leftOut").asText() : word,
                new byte[0],
                new byte[0],
                Duration.ZERO,
                target);
    }

    private static String waits(String state) {
        return state.equals(State.QUEUED.word())
                ? "the message is queued"
                : "the message waits for it";
    }
}
