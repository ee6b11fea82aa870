package io.steward.agent.broker;

import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JetStreamContractIT extends BrokerContract {
    private TestNats nats;
    private JetStreamBroker broker;

    @BeforeAll
    void startServer() {
        nats = TestNats.start();
    }

    @AfterAll
    void endServer() {
        nats.close();
    }

    @BeforeEach
    void connect() {
        nats.wipeAndRestart();
        broker = TestSettings.connect(nats, "central");
        await().until(() -> broker.status().connected());
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Override
    Broker broker() {
        return broker;
    }
}
