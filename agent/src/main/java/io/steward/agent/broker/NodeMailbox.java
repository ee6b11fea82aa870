package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches from one node's consumer over whatever session there is. Thread-safe; one fetch at a
/// time, others wait their turn; looks ahead do not.
///
/// It keeps the order over lost connections, restarts, and changes of the stream's leader. A
/// message that the broker handed over and that never arrived is handed over again only after the
/// ack wait, and newer ones before it. So the broker's [count][DeliveryCount] of what it has handed
/// over is watched: where it has a gap, or where something is open that nobody here has, the
/// consumer is made anew and begins with the oldest. What came before the gap is taken, so that
/// each beginning brings at least one message further.
final class NodeMailbox implements Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMailbox.class);

    private final Link link;
    private final NodeName node;
    private final int maxBytes;
    private final ReentrantLock turn = new ReentrantLock(true);
    private @Nullable Puller puller;

    /// Of the puller; null before the consumer was asked.
    private @Nullable DeliveryCount count;

    private volatile boolean anew;

    /// @param maxBytes of one batch; a message that is larger comes alone
    NodeMailbox(Link link, NodeName node, int maxBytes) {
        this.maxBytes = maxBytes;
        this.link = link;
        this.node = node;
    }

    /// Whoever fetched before has gone: what it was handed and has not acknowledged is handed over
    /// again, before anything newer.
    void beginAnew() {
        anew = true;
    }

    @Override
    public List<Delivery> fetch(int max, Duration wait)
            throws BrokerException, InterruptedException {
        if (max < 1) {
            throw new IllegalArgumentException("max is " + max + ": expected 1 or more");
        }
        long deadline = System.nanoTime() + wait.toNanos();
        if (!turn.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return List.of();
        }
        try {
            while (true) {
                Session session = link.await(deadline);
                if (session == null) {
                    return List.of();
                }
                List<Delivery> fetched = fetch(session, max, deadline);
                // a session that ended under the fetch is replaced by the next
                if (!fetched.isEmpty() || System.nanoTime() >= deadline) {
                    return fetched;
                }
            }
        } finally {
            turn.unlock();
        }
    }

    @Override
    public Optional<Delivery> ahead(String filter, long from) throws BrokerException {
        if (from < 1) {
            throw new IllegalArgumentException("from is " + from + ": expected 1 or more");
        }
        Session session = link.required();
        String stream = Mailboxes.stream(node);
        try {
            MessageInfo found = session.management().getNextMessage(stream, from, filter);
            return Optional.of(new AheadDelivery(session, stream, found));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == Refusals.MESSAGE_NOT_FOUND) {
                return Optional.empty();
            }
            throw Refusals.of("looking ahead in the mailbox of " + node, e);
        } catch (IOException | IllegalStateException e) {
            throw Refusals.of("looking ahead in the mailbox of " + node, e);
        }
    }

    private List<Delivery> fetch(Session session, int max, long deadline)
            throws BrokerException, InterruptedException {
        boolean usable = false;
        try {
            Puller use = puller(session);
            DeliveryCount counted = count;
            if (counted == null) {
                counted = DeliveryCount.begin(session, node);
                count = counted;
            }
            List<Message> messages = use.come(max);
            if (messages.isEmpty() && counted.isDoubtful()) {
                DeliveryCount.Handed handed = counted.look(session);
                messages = use.come(max);
                if (messages.isEmpty() && counted.isLost(handed)) {
                    LOG.info("something that was handed over has not come: fetching anew");
                    return List.of();
                }
            }
            if (messages.isEmpty()) {
                messages = use.pull(max, deadline);
            }
            if (use.isAnotherLeader()) {
                counted.doubt();
            }
            int good = counted.inOrder(messages);
            usable = good == messages.size();
            return messages.subList(0, good).stream().<Delivery>map(this::delivery).toList();
        } catch (JetStreamApiException | IOException e) {
            if (e.getCause() instanceof InterruptedException) { // why: jnats wraps it
                throw (InterruptedException) new InterruptedException().initCause(e);
            }
            BrokerException why = Refusals.of("fetching from the mailbox of " + node, e);
            usable = isUsableAfter(why);
            throw why;
        } catch (IllegalStateException e) {
            if (session.isOpen()) {
                throw Refusals.of("fetching from the mailbox of " + node, e);
            }
            return List.of();
        } catch (Puller.Gone e) {
            BrokerException why = why(session, e);
            usable = isUsableAfter(why);
            throw why;
        } finally {
            if (!usable) {
                dropPuller();
            }
        }
    }

    /// What was asked for may come all the same, and is not thrown away: a broker that is too slow
    /// for a time would hand it over again and again.
    private boolean isUsableAfter(BrokerException problem) {
        DeliveryCount counted = count;
        if (counted == null || problem.kind() == BrokerException.Kind.MISSING) {
            return false;
        }
        counted.doubt();
        return true;
    }

    private Delivery delivery(Message message) {
        return new NodeDelivery(message, this::beginAnew);
    }

    private Puller puller(Session session) {
        Puller use = puller;
        if (use == null || use.session() != session || anew) {
            anew = false;
            dropPuller();
            use = new Puller(session, Mailboxes.stream(node), node.value(), maxBytes);
            puller = use;
        }
        return use;
    }

    private void dropPuller() {
        Puller old = puller;
        puller = null;
        count = null;
        if (old != null) {
            old.close();
        }
    }

    /// Asks what is the matter when a pull was not answered or refused.
    private BrokerException why(Session session, Puller.Gone gone) {
        String doing = "fetching from the mailbox of " + node;
        try {
            var _ = session.management().getConsumerInfo(Mailboxes.stream(node), node.value());
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            return Refusals.of(doing, e);
        }
        return new BrokerException(
                BrokerException.Kind.UNREACHABLE, doing + ": " + gone.getMessage(), gone);
    }
}
