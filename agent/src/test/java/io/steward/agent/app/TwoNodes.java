package io.steward.agent.app;

import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/// A broker and two agents on it, `central` and `ship1`, that are ready when it is made.
record TwoNodes(TestNats nats, TestNode central, TestNode ship) implements AutoCloseable {

    static TwoNodes ready(Path folder) throws Exception {
        return ready(folder, node -> node);
    }

    /// @param shipped makes `ship1` what it is to be before it is started
    static TwoNodes ready(Path folder, UnaryOperator<TestNode> shipped) throws Exception {
        return ready(folder, node -> node, shipped);
    }

    /// @param centred likewise `central`
    static TwoNodes ready(
            Path folder, UnaryOperator<TestNode> centred, UnaryOperator<TestNode> shipped)
            throws Exception {
        TestNats nats = TestNats.start();
        TwoNodes nodes =
                new TwoNodes(
                        nats,
                        centred.apply(new TestNode("central", folder, nats.url())),
                        shipped.apply(new TestNode("ship1", folder, nats.url())));
        try {
            nodes.central.start();
            nodes.ship.start();
            nodes.central.ready();
            nodes.ship.ready();
            return nodes;
        } catch (Throwable e) {
            try (nodes) {
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (nats;
                central;
                ship) {}
    }
}
