package io.steward.campaign.audit;

import java.util.regex.Pattern;
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
        String reason = atSender.reason();
        return atSender.state().equals("cancelled")
                || (reason != null
                        && (reason.startsWith("not delivered by ")
                                || reason.startsWith("no answer from ")
                                || reason.contains("has not said how it ended")));
    }
}
