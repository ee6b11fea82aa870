package io.steward.agent.inbox;

import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Tells senders that a message was received or is running, where it does not end within a second:
/// a quick one needs no more than the ACK of its end. Takes the ids of messages as they come in.
final class Progress implements ProcessBody<MessageId> {
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration QUICK = Duration.ofSeconds(1);
    private static final int MOST = 50_000;

    private record Told(MessageId id, long due, boolean received) {}

    private final NodeName node;
    private final Unfinished unfinished;
    private final MessageOutbox outbox;
    private final Deque<Told> fresh = new ArrayDeque<>();
    private final Deque<Told> waiting = new ArrayDeque<>();

    Progress(NodeName node, Unfinished unfinished, MessageOutbox outbox) {
        this.node = node;
        this.unfinished = unfinished;
        this.outbox = outbox;
    }

    @Override
    public void run(ProcessContext<MessageId> context) throws Exception {
        while (true) {
            Received<MessageId> received =
                    fresh.isEmpty() && waiting.isEmpty()
                            ? context.receive()
                            : context.receive(TICK);
            if (received instanceof Received.Stop) {
                return;
            }
            if (received instanceof Received.Item<MessageId>(MessageId id)) {
                remember(id);
                for (MessageId next = context.poll(); next != null; next = context.poll()) {
                    remember(next);
                }
            }
            tell(fresh, context);
            tell(waiting, context);
        }
    }

    private void remember(MessageId id) {
        if (fresh.size() + waiting.size() < MOST) {
            fresh.add(new Told(id, System.nanoTime() + QUICK.toNanos(), false));
        }
    }

    /// Tells of each that is due, and keeps those of which only `received` has been told.
    private void tell(Deque<Told> deque, ProcessContext<?> context) {
        for (int left = deque.size();
                left > 0 && deque.element().due() - System.nanoTime() <= 0;
                left--) {
            Told told = deque.remove();
            unfinished
                    .find(told.id())
                    .ifPresent(work -> {
                        State state = work.startedAt() == null ? State.RECEIVED : State.STARTED;
                        if (state == State.STARTED || !told.received()) {
                            outbox.answer(outbox.ackFor(work.head(), work.progress(node)));
                            context.handled(1);
                        }
                        if (state == State.RECEIVED) {
                            waiting.add(
                                    new Told(told.id(), System.nanoTime() + QUICK.toNanos(), true));
                        }
                    });
        }
    }
}
