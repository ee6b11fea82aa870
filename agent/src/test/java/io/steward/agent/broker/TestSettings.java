package io.steward.agent.broker;

import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Settings as the defaults are, for tests that connect to a [TestNats].
public final class TestSettings {
    private TestSettings() {}

    public static BrokerSettings broker(URI url) {
        return new BrokerSettings(
                List.of(url), null, null, false, 0, true, null, "always", null, null);
    }

    public static MailboxSettings mailbox() {
        return new MailboxSettings(100_000, 1L << 30, Duration.ofDays(8), Duration.ofMinutes(2), 1);
    }

    /// A broker of `node` on `nats`; it may not be connected yet.
    public static JetStreamBroker connect(TestNats nats, String node) {
        return JetStreamBroker.connect(broker(nats.url()), mailbox(), new NodeName(node));
    }
}
