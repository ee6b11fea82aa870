package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A connection that stays and on which nothing is answered.
@Timeout(120)
class HalfOpenIT {
    @Test
    void anIdleConnectionOnWhichNothingIsAnsweredIsNoticedByPings() throws Exception {
        try (TestNats nats = TestNats.start();
                JetStreamBroker broker = TestSettings.connect(nats, "central")) {
            await().until(() -> broker.status().connected());
            var _ = broker.mailbox(BrokerContract.SHIP);
            nats.pause();
            await("the pings are missed")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !broker.status().connected());
            assertThat(broker.status().problem()).isNotBlank();
            nats.resume();
            await().atMost(Duration.ofSeconds(30)).until(() -> broker.status().connected());
            assertThat(
                            broker.publish(
                                            BrokerContract.subject(BrokerContract.SHIP, "a"),
                                            "m1",
                                            BrokerContract.bytes("m1"))
                                    .get(30, TimeUnit.SECONDS)
                                    .sequence())
                    .isEqualTo(1);
        }
    }
}
