package io.steward.agent.broker;

import io.steward.messages.NodeName;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The rows of a [FakeBroker].
final class FakeRows implements NodeRows {
    /// Throws if there is no connection.
    interface Requirement {
        void check() throws BrokerException;
    }

    private final FakeStreams streams;
    private final Requirement connected;

    FakeRows(FakeStreams streams, Requirement connected) {
        this.streams = streams;
        this.connected = connected;
    }

    @Override
    public Optional<Row> find(NodeName node) throws BrokerException {
        connected.check();
        return Optional.ofNullable(streams.rows().get(node));
    }

    @Override
    public OptionalLong write(NodeName node, byte[] value, long expected) throws BrokerException {
        connected.check();
        if (streams.full) {
            throw new BrokerException(BrokerException.Kind.OTHER, "no space left, says the test");
        }
        return streams.write(node, value, expected);
    }

    @Override
    public Map<NodeName, Row> all() throws BrokerException {
        connected.check();
        return streams.rows();
    }
}
