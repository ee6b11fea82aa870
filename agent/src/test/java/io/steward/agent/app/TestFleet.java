package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.TestNats;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A small fleet with a real broker: `central` is a process that can be killed, the ships are
/// agents in this one, `ship1` and so on, those with even numbers in the cloud `us` and the others
/// in `eu`. Closing ends all of them. Not thread-safe.
final class TestFleet implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> settings;
    private final TestNats nats;
    private final TestNode central;
    private final Map<String, Agent> ships = new HashMap<>();

    /// Starts all of them, and waits until central is ready.
    ///
    /// @param folder where everything is kept
    /// @param settings of the ships, besides those that make them a part of the fleet
    TestFleet(Path folder, int ships, Map<String, String> settings) throws Exception {
        this.folder = folder;
        this.settings = Map.copyOf(settings);
        this.nats = TestNats.start();
        this.central = new TestNode("central", folder, nats.url()).start();
        for (int i = 1; i <= ships; i++) {
            startShip("ship" + i);
        }
        central.ready();
    }

    TestNats nats() {
        return nats;
    }

    TestNode central() {
        return central;
    }

    /// The names of those that run.
    Set<String> ships() {
        return Set.copyOf(ships.keySet());
    }

    /// The API of a ship.
    TestApi api(String ship) throws Exception {
        return TestApi.of(folder.resolve(ship));
    }

    void startShip(String name) throws Exception {
        Map<String, String> flags = new TreeMap<>(settings);
        flags.put("node", name);
        flags.put("data", folder.resolve(name).toString());
        flags.put("broker.url", nats.url().toString());
        flags.put("cloud", Integer.parseInt(name.substring(4)) % 2 == 0 ? "us" : "eu");
        ships.put(
                name, Agent.start(new SettingsLoader().load(flags, Map.of(), folder, Mode.AGENT)));
    }

    void stopShip(String name) {
        Agent ship = ships.remove(name);
        assertThat(ship).as(name).isNotNull();
        ship.close();
    }

    @Override
    public void close() throws IOException {
        ships().forEach(this::stopShip);
        try (TestNats _ = nats) {
            central.close();
        }
    }
}
