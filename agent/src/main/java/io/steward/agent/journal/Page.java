package io.steward.agent.journal;

import java.util.List;

/// A part of a list that may be long.
///
/// @param more whether there may be more behind it; then `items` is not empty
public record Page<T>(List<T> items, boolean more) {
    public Page {
        items = List.copyOf(items);
    }
}
