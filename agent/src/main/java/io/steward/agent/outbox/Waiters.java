package io.steward.agent.outbox;

import io.steward.messages.MessageId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Those who wait for a message to end. Thread-safe.
final class Waiters {
    private final ConcurrentHashMap<MessageId, List<CountDownLatch>> waiting =
            new ConcurrentHashMap<>();

    /// One wait for one message: open it before looking whether the message has ended.
    final class Waiter implements AutoCloseable {
        private final MessageId id;
        private final CountDownLatch ended = new CountDownLatch(1);

        private Waiter(MessageId id) {
            this.id = id;
            waiting.compute(
                    id,
                    (_, latches) -> {
                        List<CountDownLatch> all = latches == null ? new ArrayList<>() : latches;
                        all.add(ended);
                        return all;
                    });
        }

        void await(Duration time) throws InterruptedException {
            boolean inTime = ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
            assert inTime || ended.getCount() > 0 : "the caller looks for itself";
        }

        @Override
        public void close() {
            waiting.computeIfPresent(
                    id,
                    (_, latches) -> {
                        latches.remove(ended);
                        return latches.isEmpty() ? null : latches;
                    });
        }
    }

    Waiter waitFor(MessageId id) {
        return new Waiter(id);
    }

    void ended(MessageId id) {
        waiting.computeIfPresent(
                id,
                (_, latches) -> {
                    latches.forEach(CountDownLatch::countDown);
                    return latches;
                });
    }
}
