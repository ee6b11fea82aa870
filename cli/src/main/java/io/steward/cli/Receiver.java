package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;

/// What is known of a node that messages wait for, as a person reads it.
final class Receiver {
    private Receiver() {}

    /// Of the field `receiver` of a message, or one of the `receivers` of a status.
    static String text(JsonNode receiver) {
        String node = receiver.path("node").asText();
        String sign = Times.since(receiver.path("lastSign").asText());
        return switch (receiver.path("state").asText()) {
            case "up" ->
                    "%s is up, since %s"
                            .formatted(node, Times.near(receiver.path("startedAt").asText()));
            case "silent" -> "%s does not answer; last sign of life %s".formatted(node, sign);
            case "stopped" -> "%s was stopped %s".formatted(node, sign);
            case "never" -> "no node named %s has ever connected".formatted(node);
            default ->
                    receiver.hasNonNull("problem")
                            ? "how %s is, the broker does not tell: %s"
                                    .formatted(node, receiver.path("problem").asText())
                            : "it is not known how %s is%s".formatted(node, hello(receiver));
        };
    }

    private static String hello(JsonNode receiver) {
        return receiver.hasNonNull("lastHello")
                ? "; last hello " + Times.since(receiver.path("lastHello").asText())
                : "";
    }

    /// How many messages wait for it, and when the next expires; empty if none is known to wait.
    static String backlog(JsonNode receiver) {
        long waiting = receiver.path("waiting").asLong();
        StringBuilder text = new StringBuilder();
        if (waiting > 0) {
            text.append(
                    "%d from here, the next expires %s"
                            .formatted(waiting, Times.near(receiver.path("nextExpires").asText())));
        }
        if (receiver.path("inMailbox").asLong() > 0) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append("%d in its mailbox".formatted(receiver.path("inMailbox").asLong()));
        }
        return text.toString();
    }
}
