package io.steward.agent.method;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells running work that it is no longer wanted. Thread-safe.
public final class Cancellation {
    private final List<Runnable> listeners = new ArrayList<>();
    private @Nullable Cause cause;

    /// Why the work is no longer wanted.
    public enum Cause {
        /// Somebody cancelled the message.
        CANCELLED,
        /// The agent goes down.
        SHUTDOWN
    }

    /// Cancels; only the first cause counts. The listeners run on the caller's thread.
    public void cancel(Cause why) {
        List<Runnable> toRun;
        synchronized (this) {
            if (cause != null) {
                return;
            }
            cause = why;
            toRun = List.copyOf(listeners);
        }
        toRun.forEach(Runnable::run);
    }

    /// Runs `listener` once when it is cancelled, at once if it is already. It must not block.
    public void onCancel(Runnable listener) {
        synchronized (this) {
            if (cause == null) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /// Null while the work is wanted.
    public synchronized @Nullable Cause cause() {
        return cause;
    }
}
