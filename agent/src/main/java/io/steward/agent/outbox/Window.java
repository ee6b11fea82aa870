package io.steward.agent.outbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// What is with the broker and not settled, in the order of the subject, and how much that may be:
/// more with each PubAck, one message after each failure. Used by one thread.
final class Window {
    private static final int MAX = 128;

    /// A PubAck that takes longer may never come: what goes meanwhile could overtake its message.
    private static final long HESITATE = Duration.ofMillis(500).toNanos();

    /// So many messages go one at a time after the broker had no room: it takes the next one as
    /// soon as it has, and not that which it refused.
    private static final int CAUTION = 256;

    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private int size = 1;
    private int cautious;

    void add(InFlight message) {
        inFlight.add(message);
    }

    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    boolean hasRoom() {
        return inFlight.size() < size;
    }

    /// @throws java.util.NoSuchElementException if there is none
    InFlight oldest() {
        return inFlight.element();
    }

    void removeOldest() {
        inFlight.remove();
    }

    InFlight removeNewest() {
        return inFlight.removeLast();
    }

    void forEach(Consumer<InFlight> action) {
        inFlight.forEach(action);
    }

    /// The broker has stored a message.
    ///
    /// @param keepsOrder whether it stores several in the order in which they come to it
    void widen(boolean keepsOrder) {
        cautious = Math.max(0, cautious - 1);
        size = cautious == 0 && keepsOrder ? Math.min(MAX, size * 2) : 1;
    }

    /// The broker has not stored a message.
    void narrow() {
        size = 1;
    }

    /// The broker had no room for a message.
    void beCautious() {
        cautious = CAUTION;
    }

    /// Whether what is in flight goes its way, as far as can be seen: another message may go beside
    /// it, and will not overtake one that is lost or refused.
    boolean nothingIsWrong() {
        boolean stored = true;
        for (InFlight each : inFlight) {
            if (each.isAnswered() && !(stored && each.isStored())) {
                return false; // it failed, or one before it is missing
            }
            stored = each.isAnswered();
        }
        InFlight oldest = inFlight.peek();
        return oldest == null
                || oldest.isAnswered()
                || System.nanoTime() - oldest.since() < HESITATE;
    }

    /// Waits until the broker has answered to everything, or the answers are given up.
    void awaitAnswers() throws InterruptedException {
        CompletableFuture<?>[] answers =
                inFlight.stream()
                        .map(each -> each.answer().handle((_, _) -> true))
                        .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(answers).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer that is handled cannot fail", e);
        }
    }
}
