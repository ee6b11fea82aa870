package io.steward.campaign.audit;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the reasons of ends.
final class Reasons {
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int LONGEST = 90;

    private Reasons() {}

    /// The reason without times and numbers, so that like ones are counted together.
    static String shape(@Nullable String reason) {
        if (reason == null) {
            return "no reason";
        }
        String shape = NUMBER.matcher(TIME.matcher(reason).replaceAll("TIME")).replaceAll("N");
        return shape.length() > LONGEST ? shape.substring(0, LONGEST) + "..." : shape;
    }

    /// Whether the sender ended it without an answer of the receiver.
    static boolean isSendersOwn(Row atSender) {
        return saysNeverSent(atSender)
                || begins(
                        atSender,
                        "no answer from ",
                        "no answer by ", // why: of one whose PubAck never came
                        "not received by ")
                || (atSender.reason() != null
                        && atSender.reason().contains("has not said how it ended"));
    }

    /// Whether the sender says that its node never got it.
    static boolean saysNeverSent(Row atSender) {
        return begins(
                atSender,
                "not delivered by ",
                "cancelled before it was sent",
                "cancelled while it waited for its node");
    }

    /// Whether the receiver says that it was not started.
    static boolean saysNotStarted(Row row) {
        return begins(
                row,
                "it came to be run after it had expired",
                "it waited for its turn until it expired",
                "cancelled before it was started",
                "cancelled before it came");
    }

    private static boolean begins(Row row, String... beginnings) {
        String reason = row.reason();
        return reason != null && Stream.of(beginnings).anyMatch(reason::startsWith);
    }
}
