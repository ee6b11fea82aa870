package io.steward.agent.broker;

import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/// A mailbox of a [FakeBroker].
final class FakeMailbox implements Mailbox {
    private final FakeStreams streams;
    private final NodeName node;
    private final BooleanSupplier connected;

    FakeMailbox(FakeStreams streams, NodeName node, BooleanSupplier connected) {
        this.streams = streams;
        this.node = node;
        this.connected = connected;
    }

    @Override
    public List<Delivery> fetch(int max, Duration wait)
            throws BrokerException, InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        synchronized (streams) {
            while (true) {
                if (connected.getAsBoolean()) {
                    List<FakeStreams.Item> items = streams.take(node, max);
                    if (items == null) {
                        throw new BrokerException(
                                BrokerException.Kind.MISSING, "no mailbox for " + node);
                    }
                    if (!items.isEmpty()) {
                        return items.stream().map(this::delivery).toList();
                    }
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return List.of();
                }
                streams.wait(left / 1_000_000, (int) (left % 1_000_000));
            }
        }
    }

    @Override
    public Optional<Delivery> ahead(String filter, long from) throws BrokerException {
        if (!connected.getAsBoolean()) {
            throw new BrokerException(BrokerException.Kind.UNREACHABLE, "disconnected by the test");
        }
        FakeStreams.Stream stream = streams.stream(node);
        if (stream == null) {
            throw new BrokerException(BrokerException.Kind.MISSING, "no mailbox for " + node);
        }
        Pattern pattern = Pattern.compile(filter.replace(".", "\\.").replace("*", "[^.]+"));
        synchronized (streams) {
            return stream.items.tailMap(from, true).values().stream()
                    .filter(item -> pattern.matcher(item.subject.toString()).matches())
                    .findFirst()
                    .map(item -> new FakeDelivery(item, 1));
        }
    }

    private Delivery delivery(FakeStreams.Item item) {
        return new FakeDelivery(item, item.deliveries);
    }

    private final class FakeDelivery implements Delivery {
        private final FakeStreams.Item item;
        private final long deliveries;

        FakeDelivery(FakeStreams.Item item, long deliveries) {
            this.item = item;
            this.deliveries = deliveries;
        }

        @Override
        public String subject() {
            return item.subject.toString();
        }

        @Override
        public byte[] payload() {
            return item.payload.clone();
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Nats-Msg-Id", item.id);
        }

        @Override
        public long sequence() {
            return item.sequence;
        }

        @Override
        public long deliveries() {
            return deliveries;
        }

        @Override
        public Instant storedAt() {
            return item.at;
        }

        @Override
        public void acknowledge() {
            if (connected.getAsBoolean()) {
                streams.remove(node, item);
            }
        }

        @Override
        public void terminate() {
            acknowledge();
        }
    }
}
