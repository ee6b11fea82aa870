package io.steward.agent.broker;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message handed over. It is acknowledged over the connection it came by and no other: after a
/// reconnect the same place may be another message, if the broker has lost its storage.
final class NodeDelivery implements Mailbox.Delivery {
    private final Message message;
    private final Runnable onHandBack;

    /// @param onHandBack told when it is handed back: what is newer may have come already
    NodeDelivery(Message message, Runnable onHandBack) {
        this.message = message;
        this.onHandBack = onHandBack;
    }

    @Override
    public String subject() {
        return message.getSubject();
    }

    @Override
    public byte[] payload() {
        byte[] data = message.getData();
        return data == null ? new byte[0] : data;
    }

    @Override
    public Map<String, String> headers() {
        return first(message.getHeaders());
    }

    /// The first value of each.
    static Map<String, String> first(@Nullable Headers headers) {
        Map<String, String> first = new LinkedHashMap<>();
        if (headers != null) {
            headers.forEach(
                    (name, values) -> first.put(name, values.isEmpty() ? "" : values.getFirst()));
        }
        return first;
    }

    @Override
    public long sequence() {
        return message.metaData().streamSequence();
    }

    @Override
    public long deliveries() {
        return message.metaData().deliveredCount();
    }

    @Override
    public Instant storedAt() {
        return message.metaData().timestamp().toInstant();
    }

    @Override
    public void acknowledge() {
        quietly(message::ack);
    }

    @Override
    public void terminate() {
        quietly(message::term);
    }

    @Override
    public void handBack() {
        onHandBack.run();
        quietly(message::nak);
    }

    private static void quietly(Runnable answer) {
        try {
            answer.run();
        } catch (IllegalStateException e) {
            // the connection has ended: it is handed over again, and the journal knows it
        }
    }
}
