package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.ConsumerInfo;
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
/// ack wait, and newer ones before it. So the broker's count of what it has handed over is watched:
/// where it has a gap, or where something is open that nobody here has, the consumer is made anew
/// and begins with the oldest.
final class NodeMailbox implements Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMailbox.class);

    private final Link link;
    private final NodeName node;
    private final int maxBytes;
    private final ReentrantLock turn = new ReentrantLock(true);
    private @Nullable Puller puller;

    /// The number that the next message handed over has; 0 before the consumer was asked.
    private long next;

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
        boolean done = false;
        try {
            Puller use = puller(session);
            if (next == 0) {
                next = begin(session);
            }
            List<Message> messages = use.pull(max, deadline);
            done = isNext(messages);
            return done ? messages.stream().<Delivery>map(NodeDelivery::new).toList() : List.of();
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            if (session.isOpen()) {
                throw Refusals.of("fetching from the mailbox of " + node, e);
            }
            return List.of();
        } catch (Puller.Gone e) {
            throw why(session, e);
        } finally {
            if (!done) {
                dropPuller();
            }
        }
    }

    /// @return the number of the first message that will be handed over
    private long begin(Session session) throws IOException, JetStreamApiException {
        ConsumerInfo consumer =
                session.management().getConsumerInfo(Mailboxes.stream(node), node.value());
        if (consumer.getNumAckPending() == 0) {
            return consumer.getDelivered().getConsumerSequence() + 1;
        }
        LOG.info(
                "{} messages were handed over and not acknowledged: they are fetched again",
                consumer.getNumAckPending());
        Mailboxes.renewConsumer(session, node);
        return 1;
    }

    /// Whether these follow on what came before; if not, none of them is taken.
    private boolean isNext(List<Message> messages) {
        for (Message message : messages) {
            long number = message.metaData().consumerSequence();
            if (number != next) {
                LOG.info("message {} handed over instead of {}: fetching anew", number, next);
                return false;
            }
            next++;
        }
        return true;
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
        next = 0;
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
