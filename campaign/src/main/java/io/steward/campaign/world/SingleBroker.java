package io.steward.campaign.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One nats-server, at which all agents connect.
public record SingleBroker(NatsServer server) implements Brokers {
    /// @param program the path of nats-server
    /// @param folder for its files
    /// @param storage of JetStream; may be on a file system of its own
    /// @param jetStream further lines inside `jetstream { }`
    public static SingleBroker of(String program, Path folder, Path storage, String jetStream)
            throws IOException {
        return new SingleBroker(new NatsServer(program, "nats", folder, storage, jetStream, ""));
    }

    @Override
    public Place hub() {
        return new Place(List.of(server.url()), Map.of());
    }

    @Override
    public List<NatsServer> servers() {
        return List.of(server);
    }

    @Override
    public void start() throws IOException, InterruptedException {
        server.start();
    }

    @Override
    public void close() {
        server.close();
    }
}
