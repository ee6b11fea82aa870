package io.steward.agent.kernel;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The way into a process that is made when first needed and whose work lies durable elsewhere.
/// Items take the short way through the mailbox; where that is full, the lane has *fallen behind*,
/// and the process takes what it missed from where it lies. So offering never waits and never loses
/// anything, and memory stays bounded. Thread-safe.
///
/// The body keeps to this order: it falls behind when it starts, handles what is in the mailbox
/// first, and, when that is empty and [#isBehind], reads a page of what lies elsewhere; when
/// nothing is left there it calls [#caughtUp] and reads once more, since something may have come in
/// between. An item may then come to it twice; it has to know what it has handled.
public final class Lane<M> {
    private final Supervisor supervisor;
    private final ProcessSpec<M> spec;
    private @Nullable ProcessRef<M> process;
    private boolean behind = true;

    /// @param spec gets the lane, for the body
    public Lane(Supervisor supervisor, Function<Lane<M>, ProcessSpec<M>> spec) {
        this.supervisor = supervisor;
        this.spec = spec.apply(this);
    }

    /// Hands over an item that lies durable elsewhere already. Does not wait.
    ///
    /// @return whether it is in the mailbox; else the body reads it elsewhere
    public synchronized boolean offer(M item) {
        if (!behind && process != null && process.offer(item)) {
            return true;
        }
        leave();
        return false;
    }

    /// An item lies elsewhere, and there is no room to hand it over.
    public synchronized void leave() {
        fallBehind();
        start();
    }

    /// Wakes the body, if it waits, by an item that says nothing. Dropped where the mailbox is
    /// full.
    public synchronized void nudge(M item) {
        if (process != null && process.offer(item)) {
            return;
        }
        start(); // another one, if that was retired; else its mailbox is full
        if (process == null || !process.offer(item)) {
            fallBehind();
        }
    }

    /// Starts the process if it does not run: there is something for it to read. Does nothing while
    /// the supervisor stops: then it is read after the next start.
    public synchronized void start() {
        try {
            process = supervisor.obtain(spec);
        } catch (IllegalStateException stopping) {
            process = null;
        }
    }

    /// The body has to look at what lies elsewhere.
    public synchronized void fallBehind() {
        behind = true;
    }

    public synchronized boolean isBehind() {
        return behind;
    }

    /// Called by the body when it found nothing more; it has to look once more after this.
    public synchronized void caughtUp() {
        behind = false;
    }
}
