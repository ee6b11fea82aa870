package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.ConsumerInfo;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The broker's count of what it has handed over by one consumer, held against what has come. It
/// holds for one [Puller]. Not thread-safe.
///
/// The consumer is made anew only at the beginning, when something is open that nobody here has.
/// From then on the count has no gap as long as nothing is lost; where it has one, or may have one
/// (see [#doubt]), whoever uses it finds out and begins again.
final class DeliveryCount {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryCount.class);

    /// How long acknowledgements that are on their way to the broker are given.
    private static final long SETTLING_MILLIS = 50;

    private static final int SETTLINGS = 10;

    /// How often what was handed over may still be on its way: a replicated consumer counts it
    /// before it sends it.
    private static final int LOOKS = 2;

    private final NodeName node;
    private final ZonedDateTime made;
    private long next;

    /// 0 while the count is right as far as is known; else 1 more than the looks that have found
    /// something missing.
    private int doubts;

    private DeliveryCount(NodeName node, ConsumerInfo consumer) {
        this.node = node;
        this.made = consumer.getCreationTime();
        this.next = consumer.getDelivered().getConsumerSequence() + 1;
    }

    /// Begins with what is the next to be handed over, or the oldest if something is open.
    ///
    /// @throws IOException if the broker does not answer; then the consumer may be gone
    static DeliveryCount begin(Session session, NodeName node)
            throws IOException, JetStreamApiException, InterruptedException {
        ConsumerInfo consumer = ask(session, node);
        for (int i = 0; i < SETTLINGS && consumer.getNumAckPending() > 0; i++) {
            Thread.sleep(SETTLING_MILLIS);
            long before = consumer.getNumAckPending();
            consumer = ask(session, node);
            if (consumer.getNumAckPending() >= before) {
                break;
            }
        }
        if (consumer.getNumAckPending() > 0) {
            LOG.info(
                    "{} messages were handed over and not acknowledged: they are fetched again",
                    consumer.getNumAckPending());
            consumer = Mailboxes.renewConsumer(session, node);
        }
        return new DeliveryCount(node, consumer);
    }

    private static ConsumerInfo ask(Session session, NodeName node)
            throws IOException, JetStreamApiException {
        return session.management().getConsumerInfo(Mailboxes.stream(node), node.value());
    }

    /// Counts what has come.
    ///
    /// @return how many of them, from the first, follow on what came before; before the next one
    ///   others are missing
    int inOrder(List<Message> messages) {
        int count = 0;
        for (Message message : messages) {
            long number = message.metaData().consumerSequence();
            if (number != next) {
                LOG.info("message {} handed over instead of {}: fetching anew", number, next);
                return count;
            }
            count++;
            next++;
        }
        if (doubts > 1 && count > 0) {
            doubts = 1;
        }
        return count;
    }

    /// Something may have been handed over and not have come: a pull was not answered, or the
    /// consumer has another leader.
    void doubt() {
        doubts = Math.max(doubts, 1);
    }

    boolean isDoubtful() {
        return doubts > 0;
    }

    /// Looks whether the count is right. What was handed over before has come when this returns,
    /// since the answer takes the same way; it is to be fetched before anything is made of this.
    ///
    /// @return what the broker has handed over so far
    /// @throws IOException if the broker does not answer; the doubt remains
    Handed look(Session session) throws IOException, JetStreamApiException {
        ConsumerInfo now = ask(session, node);
        return new Handed(
                now.getCreationTime().equals(made), now.getDelivered().getConsumerSequence());
    }

    /// @param same whether the consumer is the one with which this began
    /// @param last the number of the last message
    record Handed(boolean same, long last) {}

    /// Whether something that was handed over will not come any more. To be asked at each look,
    /// after what has come is counted.
    boolean isLost(Handed handed) {
        if (!handed.same || handed.last < next - 1) {
            return true;
        }
        if (handed.last == next - 1) {
            doubts = 0;
            return false;
        }
        return ++doubts > LOOKS + 1;
    }
}
