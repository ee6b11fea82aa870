package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Fetches from one node's consumer over whatever session there is. Thread-safe; one fetch at a
/// time, others wait their turn.
final class NodeMailbox implements Mailbox {
    private final Link link;
    private final NodeName node;
    private final ReentrantLock turn = new ReentrantLock(true);
    private @Nullable Puller puller;

    NodeMailbox(Link link, NodeName node) {
        this.link = link;
        this.node = node;
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

    private List<Delivery> fetch(Session session, int max, long deadline)
            throws BrokerException, InterruptedException {
        boolean done = false;
        try {
            Puller use = puller(session);
            List<Message> messages = use.pull(max, deadline);
            done = true;
            return messages.stream().<Delivery>map(NodeDelivery::new).toList();
        } catch (IllegalStateException e) {
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

    private Puller puller(Session session) {
        Puller use = puller;
        if (use == null || use.session() != session) {
            dropPuller();
            use = new Puller(session, Mailboxes.stream(node), node.value());
            puller = use;
        }
        return use;
    }

    private void dropPuller() {
        Puller old = puller;
        puller = null;
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
