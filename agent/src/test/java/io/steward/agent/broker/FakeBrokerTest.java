package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FakeBrokerTest extends BrokerContract {
    private final FakeBroker broker = new FakeBroker(InstantSource.system());

    @Override
    Broker broker() {
        return broker;
    }

    @Test
    void aLostPubAckLeavesTheMessageStored() throws Exception {
        broker.mailbox(SHIP);
        broker.losePubAcks(1);
        assertThat(failure(broker.publish(subject(SHIP, "a"), "m1", bytes("x"))))
                .isEqualTo(PublishException.Kind.TIMEOUT);
        assertThat(broker.stored(SHIP)).containsExactly("m1");
        assertThat(publish("m1").duplicate()).isTrue();
    }

    @Test
    void heldPubAcksFailWhenTheConnectionDrops() throws Exception {
        broker.mailbox(SHIP);
        broker.holdPubAcks();
        CompletableFuture<Broker.Stored> answer =
                broker.publish(subject(SHIP, "a"), "m1", bytes("x"));
        assertThat(answer).isNotDone();
        broker.disconnect();
        assertThat(failure(answer)).isEqualTo(PublishException.Kind.DISCONNECTED);
        assertThat(failure(broker.publish(subject(SHIP, "a"), "m2", bytes("x"))))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        long before = broker.connection();
        broker.connect();
        assertThat(before).isZero();
        assertThat(broker.connection()).isEqualTo(2);
        broker.releasePubAcks();
        assertThat(publish("m1").duplicate()).isTrue();
    }

    @Test
    void aWipedBrokerKnowsNothing() throws Exception {
        FakeBroker other = broker.another();
        Mailbox mailbox = other.mailbox(SHIP);
        Broker.Stored before = publish("m1");
        broker.wipe();
        assertThat(other.status().connected()).isFalse();
        broker.connect();
        other.connect();
        assertThatThrownBy(() -> mailbox.fetch(1, SHORT)).isInstanceOf(BrokerException.class);
        other.mailbox(SHIP);
        assertThat(publish("m1").streamCreated()).isAfter(before.streamCreated());
    }

    @Test
    void whatIsNotAcknowledgedComesAgainWhenTheTestSaysSo() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        publish("m1");
        assertThat(mailbox.fetch(1, WAIT)).hasSize(1);
        assertThat(mailbox.fetch(1, SHORT)).isEmpty();
        broker.redeliver(SHIP);
        assertThat(mailbox.fetch(1, WAIT).getFirst().deliveries()).isEqualTo(2);
    }
}
