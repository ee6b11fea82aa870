package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
import io.steward.campaign.load.Kind;

/// Which ends a message may come to, by what it does and by the faults there are.
final class Ends {
    private Ends() {}

    /// @param attempts how often its receiver has started it
    static boolean mayBe(Entry entry, Row atSender, int attempts) {
        String reason = atSender.reason() == null ? "" : atSender.reason();
        return switch (atSender.state()) {
            case "succeeded" -> entry.kind() != Kind.FAILING && entry.kind() != Kind.TIMEOUT;
            case "failed" -> mayFail(entry.kind(), reason);
            case "interrupted" -> mayBeInterrupted(entry, reason, attempts);
            case "expired" -> entry.kind().isBrief();
            case "cancelled" -> entry.kind() == Kind.CANCELLED;
            default -> false;
        };
    }

    private static boolean mayFail(Kind kind, String reason) {
        return switch (kind) {
            case FAILING -> reason.equals("exit code 3");
            case TIMEOUT -> reason.startsWith("timed out after ");
            // why: logs are in the data folder, whose disk may be full; commands leave their marks
            // elsewhere
            case LINE, BIG_LINE, BRIEF_LINE -> reason.contains("No space left on device");
            case QUICK, BIG, SLOW, REPLY, BRIEF, CANCELLED -> false;
        };
    }

    /// Agents die and are stopped whatever they run, events too: then it is run again, but for the
    /// last attempt, for those that are to be reported, and for those whose time is over.
    private static boolean mayBeInterrupted(Entry entry, String reason, int attempts) {
        if (attempts == 0) {
            return false;
        }
        return entry.report()
                || attempts >= entry.attempts()
                || (entry.kind().isBrief() && reason.contains("has expired at "));
    }
}
