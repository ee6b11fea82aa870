package io.steward.agent.kernel;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What of a throwable is logged: as it prints itself, but of bounded length, and whatever its own
/// methods do. A throwable is foreign code; one whose `toString` throws must not end the process
/// that reports it.
final class LoggedError extends Throwable {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CAUSES = 10;
    private static final int MOST_FRAMES = 200;

    private final String text;

    private LoggedError(String text, StackTraceElement[] frames, @Nullable Throwable cause) {
        super(text, cause, false, true);
        this.text = text;
        setStackTrace(frames);
    }

    static LoggedError of(Throwable thrown) {
        return of(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static LoggedError of(Throwable thrown, Set<Throwable> seen) {
        seen.add(thrown);
        Throwable cause = ErrorText.cause(thrown);
        LoggedError below =
                cause == null || seen.size() >= MOST_CAUSES || seen.contains(cause)
                        ? null
                        : of(cause, seen);
        return new LoggedError(ErrorText.single(thrown), frames(thrown), below);
    }

    private static StackTraceElement[] frames(Throwable thrown) {
        try {
            StackTraceElement[] all = thrown.getStackTrace();
            return Arrays.copyOf(all, Math.min(all.length, MOST_FRAMES));
        } catch (RuntimeException | StackOverflowError e) {
            return new StackTraceElement[0];
        }
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // the class is that of the one it stands for
    public String toString() {
        return text;
    }
}
