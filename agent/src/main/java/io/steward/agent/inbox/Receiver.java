package io.steward.agent.inbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Mailbox;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.kernel.Backoff;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The process that fetches what comes for this node. It stops fetching while too much is
/// unfinished: the backlog waits in the broker, and only what the [ExpressLane] finds is taken. A
/// message is acknowledged to the broker when it is in the journal, and not before.
final class Receiver implements ProcessBody<Void> {
    private static final int BATCH = 256;
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Duration FULL = Duration.ofMillis(50);

    private final NodeName node;
    private final Broker broker;
    private final Reception reception;
    private final Unfinished unfinished;
    private final int maxUnfinished;
    private final ExpressLane express;

    Receiver(
            NodeName node,
            Broker broker,
            Reception reception,
            Unfinished unfinished,
            int maxUnfinished) {
        this.node = node;
        this.broker = broker;
        this.reception = reception;
        this.unfinished = unfinished;
        this.maxUnfinished = maxUnfinished;
        this.express = new ExpressLane(node, reception);
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        Mailbox mailbox = null;
        int failures = 0;
        long connection = 0;
        boolean full = false;
        reception.takeUp(context);
        while (!context.isStopping()) {
            try {
                boolean wasFull = full;
                full = unfinished.count() >= maxUnfinished;
                if (full) {
                    if (!wasFull || broker.connection() != connection) {
                        connection = broker.connection();
                        express.beginAgain();
                    }
                    if (connection == 0) {
                        context.pause(FULL);
                    } else {
                        mailbox = mailbox == null ? broker.mailbox(node) : mailbox;
                        takeAhead(mailbox, context);
                    }
                    continue;
                }
                mailbox = mailbox == null ? broker.mailbox(node) : mailbox;
                List<Delivery> batch = mailbox.fetch(BATCH, WAIT);
                failures = 0;
                if (!batch.isEmpty()) {
                    reception.take(batch, context);
                    context.handled(batch.size());
                }
            } catch (BrokerException e) {
                mailbox = keep(mailbox, e);
                failures++;
                report(e, context);
                Backoff pauses = Backoff.DEFAULT;
                context.pause(pauses.pause(failures, ThreadLocalRandom.current().nextDouble()));
            }
        }
    }

    /// Takes what may not wait until there is room, then waits a moment if there is no more.
    private void takeAhead(Mailbox mailbox, ProcessContext<Void> context)
            throws BrokerException, InterruptedException {
        boolean room = unfinished.count() < maxUnfinished + ExpressLane.ROOM;
        try {
            express.take(mailbox, room, context);
        } catch (BrokerException e) {
            if (e.kind() == BrokerException.Kind.MISSING) {
                throw e;
            }
            report(e, context); // and goes on: it may come to be not full any more
        }
        if (!express.isBusy()) {
            context.pause(FULL);
        }
    }

    private static @Nullable Mailbox keep(@Nullable Mailbox mailbox, BrokerException e) {
        return e.kind() == BrokerException.Kind.MISSING ? null : mailbox;
    }

    private void report(BrokerException e, ProcessContext<Void> context) {
        if (e.kind() != BrokerException.Kind.UNREACHABLE || broker.status().connected()) {
            context.tell(Severity.ERROR, "fetching from the mailbox of " + node, e);
        }
    }
}
