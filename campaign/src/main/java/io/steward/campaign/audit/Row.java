package io.steward.campaign.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A message as a node's journal has it.
///
/// @param sent whether the node sent it; else it received it
/// @param number of its label `n`; 0 if it is none of the campaign's
/// @param state the word
/// @param resends how often the sender published it again
/// @param created when it was accepted or received
/// @param ended when it came to its end; null if it has not
/// @param subject without the node
public record Row(
        String id,
        boolean sent,
        long number,
        String state,
        int attempt,
        int resends,
        Instant created,
        @Nullable Instant ended,
        String subject,
        @Nullable String reason) {
    public boolean isEnd() {
        return switch (state) {
            case "queued", "published", "received", "started" -> false;
            default -> true;
        };
    }
}
