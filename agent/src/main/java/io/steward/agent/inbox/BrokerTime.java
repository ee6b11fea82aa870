package io.steward.agent.inbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.identity.Signing;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reckons when a message is too old by the broker's clock, so that neither the sender's nor this
/// machine's clock has to be right: the sender's error is seen from when it sent and when the
/// broker stored, this machine's from what the broker says. Thread-safe.
final class BrokerTime {
    private final InstantSource clock;
    private final Supplier<Duration> ahead;

    /// @param ahead how far the broker's clock is ahead of this machine's
    BrokerTime(InstantSource clock, Supplier<Duration> ahead) {
        this.clock = clock;
        this.ahead = ahead;
    }

    /// The time by the broker's clock.
    Instant now() {
        return clock.instant().plus(ahead.get());
    }

    /// When it is too late to start the message, by the broker's clock.
    Instant deadline(Message message, Delivery delivery) {
        return message.expiresAt().plus(senderBehind(delivery));
    }

    /// When its sender accepted the message, by the broker's clock.
    Instant created(Message message, Delivery delivery) {
        return message.createdAt().plus(senderBehind(delivery));
    }

    private static Duration senderBehind(Delivery delivery) {
        Duration senderBehind =
                delivery.headers().containsKey(Signing.SIGNATURE)
                        ? asSigned(delivery.headers().get(Signing.AHEAD))
                        : bySent(delivery);
        if (senderBehind.abs().compareTo(Limits.MAX_EXPIRY) > 0) {
            senderBehind = Duration.ZERO; // why: no clock is off by that; and it could not be added
        }
        return senderBehind;
    }

    /// What others could have changed does not count: a copy would be young again.
    private static Duration asSigned(@Nullable String ahead) {
        try {
            return ahead == null ? Duration.ZERO : Duration.ofMillis(Long.parseLong(ahead));
        } catch (NumberFormatException e) {
            return Duration.ZERO; // why: the clocks are taken as they are
        }
    }

    private static Duration bySent(Delivery delivery) {
        String sent = delivery.headers().get(Broker.SENT_HEADER);
        try {
            return sent == null
                    ? Duration.ZERO
                    : Duration.between(Instant.parse(sent), delivery.storedAt());
        } catch (DateTimeParseException e) {
            return Duration.ZERO; // why: a plain client's own header; the clocks are taken as they
            // are
        }
    }
}
