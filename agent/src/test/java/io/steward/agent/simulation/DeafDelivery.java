package io.steward.agent.simulation;

import io.steward.agent.broker.Mailbox;
import java.time.Instant;
import java.util.Map;

/// A delivery whose acknowledgement never arrives.
record DeafDelivery(Mailbox.Delivery real) implements Mailbox.Delivery {
    @Override
    public String subject() {
        return real.subject();
    }

    @Override
    public byte[] payload() {
        return real.payload();
    }

    @Override
    public Map<String, String> headers() {
        return real.headers();
    }

    @Override
    public long sequence() {
        return real.sequence();
    }

    @Override
    public long deliveries() {
        return real.deliveries();
    }

    @Override
    public Instant storedAt() {
        return real.storedAt();
    }

    @Override
    public void acknowledge() {
        // It gets lost.
    }

    @Override
    public void terminate() {
        real.terminate();
    }
}
