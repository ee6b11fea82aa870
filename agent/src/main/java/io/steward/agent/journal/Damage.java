package io.steward.agent.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What SQLite gives back and cannot be decoded: the file is whole, and one message in it is not
/// what was written. It is left out and left as it is, so that it holds up no other message, and is
/// told once in the log. Thread-safe.
final class Damage {
    private static final Logger log = LoggerFactory.getLogger(Damage.class);
    private static final int MOST_TOLD = 1_000;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /// Decodes all that can be decoded.
    <R, T> List<T> leftOut(List<R> rows, Function<R, T> decode) {
        List<T> whole = new ArrayList<>(rows.size());
        for (R row : rows) {
            T decoded = orNull(() -> decode.apply(row));
            if (decoded != null) {
                whole.add(decoded);
            }
        }
        return whole;
    }

    /// @return null if it cannot be decoded
    <T> @Nullable T orNull(Supplier<T> decode) {
        try {
            return decode.get();
        } catch (JournalException e) {
            String what = String.valueOf(e.getMessage());
            if (told.size() < MOST_TOLD && told.add(what)) {
                log.error("{}; it is left out", what);
            }
            return null;
        }
    }
}
