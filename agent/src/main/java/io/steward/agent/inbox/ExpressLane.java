package io.steward.agent.inbox;

import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Mailbox;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.kernel.ProcessContext;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a node takes out of its mailbox though it is full, before what waits there for its turn:
/// the answers to what it sent itself, and the commands by which one looks after a node that has
/// too much to do. Taken in as everything else is: into the journal first, then out of the mailbox;
/// what is met twice is known by its id. Each filter goes through the mailbox from its beginning,
/// so that the order within a subject is kept. Used by one thread.
final class ExpressLane {
    /// Commands that are admitted beyond the limit of unfinished messages.
    static final List<String> METHODS =
            List.of(
                    "cancel",
                    "ping",
                    "processlist",
                    "processstart",
                    "processstop",
                    "processrestart");

    /// How many of them may be unfinished beyond that limit: they are quick, but for those whose
    /// process is stopped.
    static final int ROOM = 1_000;

    private static final int BATCH = 64;
    private static final long BATCH_BYTES = 4L << 20;

    /// The pause after a look that found nothing, doubled with each.
    private static final Duration FIRST = Duration.ofMillis(20);

    private static final Duration LONGEST = Duration.ofSeconds(1);

    /// The pause after the broker has refused a look.
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final Reception reception;
    private final List<String> acks;
    private final List<String> all;

    /// Where each filter goes on: what was taken may not be out of the mailbox yet.
    private final Map<String, Long> next = new HashMap<>();

    private Duration pause = Duration.ZERO;
    private long notBefore = System.nanoTime();

    ExpressLane(NodeName node, Reception reception) {
        this.reception = reception;
        this.acks = List.of(node + ".event.ack.*");
        this.all = new ArrayList<>(acks);
        METHODS.forEach(method -> all.add("%s.command.%s.*".formatted(node, method)));
    }

    /// Looks from the beginning of the mailbox again: the node has come to be full once more, or
    /// the mailbox may be another one.
    void beginAgain() {
        next.clear();
    }

    /// Takes one batch, if it is time to look; does not wait for more.
    ///
    /// @param withCommands false to take answers only
    /// @throws BrokerException if it cannot be looked; it is not tried again for a while
    void take(Mailbox mailbox, boolean withCommands, ProcessContext<?> context)
            throws BrokerException, InterruptedException {
        if (System.nanoTime() - notBefore < 0) {
            return;
        }
        List<Delivery> batch;
        try {
            batch = collect(mailbox, withCommands ? all : acks);
        } catch (BrokerException e) {
            beginAgain();
            notBefore = System.nanoTime() + AFTER_FAILURE.toNanos();
            throw e;
        }
        if (batch.isEmpty()) {
            pause = pause.isZero() ? FIRST : pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
            notBefore = System.nanoTime() + pause.toNanos();
        } else {
            pause = Duration.ZERO;
            reception.take(batch, context);
            context.handled(batch.size());
        }
    }

    /// Whether it is to look again at once.
    boolean isBusy() {
        return pause.isZero() && System.nanoTime() - notBefore >= 0;
    }

    private List<Delivery> collect(Mailbox mailbox, List<String> filters) throws BrokerException {
        List<Delivery> batch = new ArrayList<>();
        long bytes = 0;
        Map<String, Long> behind = new HashMap<>(next);
        for (String filter : filters) {
            long from = next.getOrDefault(filter, 1L);
            for (int i = 0; i < BATCH && bytes < BATCH_BYTES; i++) {
                Optional<Delivery> found = mailbox.ahead(filter, from);
                if (found.isEmpty()) {
                    break;
                }
                batch.add(found.get());
                bytes += found.get().payload().length;
                from = found.get().sequence() + 1;
            }
            behind.put(filter, from);
        }
        // why: only with all of them in hand, or what was found before a failure would be passed by
        next.putAll(behind);
        return batch;
    }
}
