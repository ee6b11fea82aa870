package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.JournalException;
import io.steward.agent.method.Outcome;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells the sender of a followed message what it prints while it runs: frames (see [Ack#isFrame]),
/// which take the way of ACKs, by the journal and in order before the end. A frame is made when the
/// one before it is with the broker, so that a link that is down for a day leaves one frame in the
/// journal and not a thousand; what was printed meanwhile goes in the next ones. Thread-safe.
final class Live {
    private static final Duration TICK = Duration.ofMillis(200);
    private static final int FRAME = 64 * 1024;

    /// The end may be cut so much shorter than the cap, where a character would be torn.
    private static final int TORN = 3;

    private final NodeName node;
    private final Journal journal;
    private final BiFunction<Message, Ack, Message> event;
    private final Consumer<Message> dispatch;
    private final Acks acks;
    private final Leftovers source;
    private final int cap;

    /// @param event makes the ACK event for a message
    /// @param dispatch sends one that is in the journal; must not wait
    /// @param source knows what has been printed so far
    /// @param cap how many bytes of each stream are kept
    Live(
            NodeName node,
            Journal journal,
            BiFunction<Message, Ack, Message> event,
            Consumer<Message> dispatch,
            Acks acks,
            Leftovers source,
            int cap) {
        this.node = node;
        this.journal = journal;
        this.event = event;
        this.dispatch = dispatch;
        this.acks = acks;
        this.source = source;
        this.cap = cap;
    }

    /// Begins to tell; to be closed when the run is over and before its end is written. Does
    /// nothing for a message that is not followed.
    Telling tell(Work work) {
        Telling telling = silent(work);
        if (work.message().follow()) {
            telling.thread =
                    Thread.ofVirtual()
                            .name("steward-live-" + work.message().id())
                            .start(telling::tell);
        }
        return telling;
    }

    /// A telling that makes a frame when [Telling#look] is called.
    Telling silent(Work work) {
        return new Telling(work);
    }

    /// The telling of one run.
    final class Telling implements AutoCloseable {
        private final Work work;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition closing = lock.newCondition();
        private @Nullable Thread thread;
        private @Nullable MessageId last;
        private boolean closed; // guarded by the lock
        private int outTold;
        private int errTold;

        private Telling(Work work) {
            this.work = work;
        }

        private void tell() {
            try {
                while (pause()) {
                    look();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (JournalException e) {
                // why: the journal is closed or its disk fails, which others report; the end of the
                // message brings all of it
                return;
            }
        }

        /// Makes a frame of what is new, if the one before it is with the broker.
        void look() throws InterruptedException {
            MessageId before = last;
            if (before == null || !journal.ackWaits(before)) {
                last = next();
            }
        }

        /// @return false if it is over
        private boolean pause() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long left = TICK.toNanos();
                while (!closed && left > 0) {
                    left = closing.awaitNanos(left);
                }
                return !closed;
            } finally {
                lock.unlock();
            }
        }

        private @Nullable MessageId next() throws InterruptedException {
            MessageId id = work.message().id();
            Outcome.Printed more = source.soFar(id, outTold, errTold, FRAME);
            Output out = whole(more.stdout(), cap - TORN - outTold);
            Output err = whole(more.stderr(), cap - TORN - errTold);
            return out.isEmpty() && err.isEmpty() ? null : send(out, err);
        }

        /// @return the id of the frame; null if there is none, or the journal did not take it
        private @Nullable MessageId send(Output out, Output err) throws InterruptedException {
            Message about = work.message();
            Ack all = work.progress(node).withFrame(out, outTold, err, errTold);
            if (!all.isFrame()) {
                return null;
            }
            Message frame = acks.fit(all, ack -> event.apply(about, ack));
            Ack said = frame.ack();
            if (said == null || !said.isFrame()) {
                return null; // why: the broker takes no message that is large enough
            }
            try {
                journal.accept(null, List.of(frame)).get();
            } catch (ExecutionException e) {
                return null; // why: tried again with the next one
            }
            dispatch.accept(frame);
            outTold += said.stdout().size();
            errTold += said.stderr().size();
            return frame.id();
        }

        /// Tells what the end is too small for.
        ///
        /// @param end says all that was printed; to be called after [#close]
        void rest(Ack end) throws InterruptedException {
            if (!work.message().follow()) {
                return;
            }
            Message about = work.message();
            Ack fitting = acks.fit(end, ack -> event.apply(about, ack)).ack();
            if (fitting == null
                    || (fitting.stdout().size() == end.stdout().size()
                            && fitting.stderr().size() == end.stderr().size())) {
                return;
            }
            boolean more = true;
            while (more) {
                more = send(from(end.stdout(), outTold), from(end.stderr(), errTold)) != null;
            }
        }

        /// Returns when nothing more is told.
        @Override
        public void close() {
            Thread running = thread;
            if (running == null) {
                return;
            }
            lock.lock();
            try {
                closed = true;
                closing.signalAll();
            } finally {
                lock.unlock();
            }
            boolean interrupted = false;
            while (true) {
                try {
                    running.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Output from(Output output, int at) {
        byte[] bytes = output.bytes();
        return Output.of(Arrays.copyOfRange(bytes, Math.min(at, bytes.length), bytes.length))
                .first(FRAME);
    }

    /// The first `max` bytes, without the begin of a character whose rest has not come yet.
    private static Output whole(Output output, int max) {
        Output most = output.first(max);
        byte[] bytes = most.bytes();
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int lead = bytes[bytes.length - back] & 0xFF;
            if (lead >= 0xC0) {
                int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
                return length > back ? Output.of(Arrays.copyOf(bytes, bytes.length - back)) : most;
            }
            if (lead < 0x80) {
                return most;
            }
        }
        return most;
    }
}
