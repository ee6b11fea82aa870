package io.steward.agent.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Map;

/// A message that was read out of its turn. What is done with it goes over the connection it was
/// read by and no other: after a reconnect the same place may be another message, if the broker has
/// lost its storage.
final class AheadDelivery implements Mailbox.Delivery {
    private final Session session;
    private final String stream;
    private final MessageInfo message;

    AheadDelivery(Session session, String stream, MessageInfo message) {
        this.session = session;
        this.stream = stream;
        this.message = message;
    }

    @Override
    public String subject() {
        return String.valueOf(message.getSubject());
    }

    @Override
    public byte[] payload() {
        byte[] data = message.getData();
        return data == null ? new byte[0] : data;
    }

    @Override
    public Map<String, String> headers() {
        Headers headers = message.getHeaders();
        return NodeDelivery.first(headers);
    }

    @Override
    public long sequence() {
        return message.getSeq();
    }

    @Override
    public long deliveries() {
        return 1;
    }

    @Override
    public Instant storedAt() {
        ZonedDateTime time = message.getTime();
        return time == null ? Instant.EPOCH : time.toInstant();
    }

    /// Deletes it from the stream, as the consumer would with an acknowledgement. The answer goes
    /// where nobody listens: a deletion that is lost leaves a second copy, no more.
    @Override
    public void acknowledge() {
        try {
            session.send(
                    session.api("STREAM.MSG.DELETE." + stream),
                    session.inbox(),
                    null,
                    "{\"seq\":%d,\"no_erase\":true}".formatted(sequence()).getBytes(UTF_8));
        } catch (IllegalStateException e) {
            // the connection has ended: it comes again, and the journal knows it
        }
    }

    @Override
    public void terminate() {
        acknowledge();
    }
}
