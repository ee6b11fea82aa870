package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.identity.Signing;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How old a message is, also where somebody has kept a copy of it.
class BrokerTimeTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-22T05:00:00Z");

    private final BrokerTime time = new BrokerTime(() -> WRITTEN, () -> Duration.ZERO);
    private final Message message =
            MessageRequest.of(List.of(new NodeName("ship1")), MessageType.COMMAND, "x", List.of())
                    .messages(
                            new NodeName("central"),
                            "d",
                            new MessageIds(() -> WRITTEN)::next,
                            WRITTEN)
                    .getFirst();

    private record Copy(Map<String, String> headers, Instant storedAt) implements Delivery {
        @Override
        public String subject() {
            return "ship1.command.x.d";
        }

        @Override
        public byte[] payload() {
            return new byte[0];
        }

        @Override
        public long sequence() {
            return 1;
        }

        @Override
        public long deliveries() {
            return 1;
        }

        @Override
        public void acknowledge() {}

        @Override
        public void terminate() {}
    }

    private Instant deadline(Instant storedAt, String... headers) {
        Map<String, String> given =
                headers.length == 2
                        ? Map.of(headers[0], headers[1])
                        : Map.of(headers[0], headers[1], headers[2], headers[3]);
        return time.deadline(message, new Copy(given, storedAt));
    }

    @Test
    void whatIsNotSignedTellsByItsStoringHowFarItsSenderIsBehind() {
        Instant stored = WRITTEN.plus(Duration.ofHours(1));
        assertThat(deadline(stored, Broker.SENT_HEADER, WRITTEN.toString()))
                .isEqualTo(message.expiresAt().plus(Duration.ofHours(1)));
    }

    @Test
    void aSignedOneHasOneEndWheneverItIsStored() {
        for (int days : new int[] {0, 10, 300}) {
            Instant stored = WRITTEN.plus(Duration.ofDays(days));
            assertThat(deadline(stored, Signing.SIGNATURE, "s", Signing.AHEAD, "3600000"))
                    .as("%d days later", days)
                    .isEqualTo(message.expiresAt().plus(Duration.ofHours(1)));
        }
    }

    @Test
    void whatASignatureDoesNotCoverMakesACopyNoYounger() {
        Instant stored = WRITTEN.plus(Duration.ofDays(10));
        assertThat(deadline(stored, Signing.SIGNATURE, "s", Broker.SENT_HEADER, WRITTEN.toString()))
                .isEqualTo(message.expiresAt());
        assertThat(deadline(stored, Signing.SIGNATURE, "s", Signing.AHEAD, "soon"))
                .isEqualTo(message.expiresAt());
    }
}
