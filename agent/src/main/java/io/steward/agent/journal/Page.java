package io.steward.agent.journal;

import java.util.List;

/// A part of a list that may be long.
///
/// @param more whether there may be more behind it; then `items` is not empty
public record Page<T>(List<T> items, boolean more) {
    /// Where a page of large messages ends, in bytes of what is read.
    public static final long BYTES = 4L << 20;

    public Page {
        items = List.copyOf(items);
    }
}
