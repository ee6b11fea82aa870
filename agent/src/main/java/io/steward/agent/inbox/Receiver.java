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
/// unfinished: the backlog waits in the broker. A message is acknowledged to the broker when it is
/// in the journal, and not before.
final class Receiver implements ProcessBody<Void> {
    private static final int BATCH = 256;
    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final Duration FULL = Duration.ofMillis(50);

    private final NodeName node;
    private final Broker broker;
    private final Reception reception;
    private final Unfinished unfinished;
    private final int maxUnfinished;

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
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        Mailbox mailbox = null;
        int failures = 0;
        while (!context.isStopping()) {
            try {
                if (unfinished.count() >= maxUnfinished) {
                    context.pause(FULL);
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

    private static @Nullable Mailbox keep(@Nullable Mailbox mailbox, BrokerException e) {
        return e.kind() == BrokerException.Kind.MISSING ? null : mailbox;
    }

    private void report(BrokerException e, ProcessContext<Void> context) {
        if (e.kind() != BrokerException.Kind.UNREACHABLE || broker.status().connected()) {
            context.tell(Severity.ERROR, "fetching from the mailbox of " + node, e);
        }
    }
}
