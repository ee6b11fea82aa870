package io.steward.agent.broker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/// A nats-server in a container; what it stores is in the container and survives its restarts.
final class NatsContainer implements TestNats.Server {
    private static final String IMAGE = System.getProperty("steward.nats.image", "nats:2");
    private static final int PORT = 4222;

    private final int port;
    private final String config;
    private @Nullable Fixed container;

    NatsContainer(int port, String more) {
        this.port = port;
        this.config =
                """
                listen: "0.0.0.0:%d"
                max_payload: 8MB
                jetstream { store_dir: "/storage" }
                %s
                """
                        .formatted(PORT, more);
    }

    private static final class Fixed extends GenericContainer<Fixed> {
        Fixed(int port, String config) {
            super(DockerImageName.parse(IMAGE));
            addFixedExposedPort(port, PORT);
            withCopyToContainer(Transferable.of(config), "/steward.conf");
            withCommand("-c", "/steward.conf");
            waitingFor(Wait.forLogMessage(".*Server is ready.*", 1));
            withStartupTimeout(Duration.ofMinutes(2));
        }
    }

    @Override
    public void start() {
        Fixed existing = container;
        if (existing == null) {
            Fixed fresh = new Fixed(port, config);
            container = fresh;
            fresh.start();
        } else {
            existing.getDockerClient().startContainerCmd(existing.getContainerId()).exec();
        }
    }

    private boolean running() {
        Fixed existing = container;
        return existing != null
                && Boolean.TRUE.equals(
                        existing.getDockerClient()
                                .inspectContainerCmd(existing.getContainerId())
                                .exec()
                                .getState()
                                .getRunning());
    }

    @Override
    public void kill() {
        Fixed existing = container;
        if (existing != null && running()) {
            existing.getDockerClient().killContainerCmd(existing.getContainerId()).exec();
        }
    }

    @Override
    public void stop() {
        Fixed existing = container;
        if (existing != null && running()) {
            existing.getDockerClient()
                    .stopContainerCmd(existing.getContainerId())
                    .withTimeout(20)
                    .exec();
        }
    }

    @Override
    public void wipe() {
        Fixed existing = container;
        if (existing != null) {
            existing.stop(); // removes it, and what it stored
            container = null;
        }
    }

    @Override
    public void pause() {
        Fixed existing = container;
        if (existing != null) {
            existing.getDockerClient().pauseContainerCmd(existing.getContainerId()).exec();
        }
    }

    @Override
    public void resume() {
        Fixed existing = container;
        if (existing != null) {
            existing.getDockerClient().unpauseContainerCmd(existing.getContainerId()).exec();
        }
    }

    @Override
    public void remove() {
        wipe();
    }

    @Override
    public String log() {
        Fixed existing = container;
        return existing == null ? "no container" : existing.getLogs();
    }
}
