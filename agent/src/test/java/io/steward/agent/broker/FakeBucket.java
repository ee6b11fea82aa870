package io.steward.agent.broker;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A bucket of a [FakeBroker].
final class FakeBucket implements Bucket {
    /// Throws if there is no connection.
    interface Requirement {
        void check() throws BrokerException;
    }

    private final FakeStreams streams;
    private final Kind kind;
    private final Requirement connected;

    FakeBucket(FakeStreams streams, Kind kind, Requirement connected) {
        this.streams = streams;
        this.kind = kind;
        this.connected = connected;
    }

    @Override
    public Optional<Row> find(String key) throws BrokerException {
        connected.check();
        return Optional.ofNullable(streams.rows(kind).get(key));
    }

    @Override
    public OptionalLong write(String key, byte[] value, long expected) throws BrokerException {
        connected.check();
        if (streams.full) {
            throw new BrokerException(BrokerException.Kind.OTHER, "no space left, says the test");
        }
        return streams.write(kind, key, value, expected);
    }

    @Override
    public Map<String, Row> all() throws BrokerException {
        connected.check();
        return streams.rows(kind);
    }
}
