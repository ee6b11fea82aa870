package io.steward.agent.audit;

import java.util.Optional;

/// The end of the chain: the number of its last line, and the hash of that.
///
/// @param n 0 before the first line
record Head(long n, String hash) {
    /// By which the journal keeps it.
    static final String KEPT = "audit.head";

    /// By which the journal keeps it where the log was closed in order, until a line is written
    /// again: an empty text from then on.
    static final String STOPPED = "audit.stopped";

    String text() {
        return n + " " + hash;
    }

    /// @return empty for a text that is none
    static Optional<Head> of(String text) {
        int space = text.indexOf(' ');
        try {
            return space < 0
                    ? Optional.empty()
                    : Optional.of(
                            new Head(
                                    Long.parseLong(text.substring(0, space)),
                                    text.substring(space + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
