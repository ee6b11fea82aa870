package io.steward.agent.broker;

import io.steward.messages.NodeName;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The cluster bus of a [FakeBroker].
final class FakeClusterBus implements ClusterBus {
    static final String TOLD = "clusterbus.told.*";
    private static final int MAX_MESSAGE = 256 << 10;

    private final FakeStreams streams;
    private final FakeBucket.Requirement connected;
    private final Consumer<String> say;
    private final Function<Runnable, AutoCloseable> listen;

    FakeClusterBus(
            FakeStreams streams,
            FakeBucket.Requirement connected,
            Consumer<String> say,
            Function<Runnable, AutoCloseable> listen) {
        this.streams = streams;
        this.connected = connected;
        this.say = say;
        this.listen = listen;
    }

    @Override
    public void tell(Kind kind, NodeName from, String id, byte[] payload) throws BrokerException {
        connected.check();
        if (streams.full) {
            throw new BrokerException(BrokerException.Kind.OTHER, "no space left, says the test");
        }
        if (payload.length > MAX_MESSAGE) {
            throw new BrokerException(BrokerException.Kind.OTHER, payload.length + " bytes");
        }
        streams.tell(kind, from, id, payload);
        say.accept("clusterbus.told." + from);
    }

    @Override
    public List<Told> after(long sequence, int limit) throws BrokerException {
        connected.check();
        return streams.told().stream()
                .filter(told -> told.sequence() > sequence)
                .limit(limit)
                .toList();
    }

    @Override
    public State state() throws BrokerException {
        connected.check();
        return streams.bus();
    }

    @Override
    public AutoCloseable onTold(Runnable listener) {
        return listen.apply(listener);
    }
}
