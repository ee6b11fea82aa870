package io.steward.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.campaign.world.AgentNode;
import io.steward.campaign.world.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Waits until nothing is under way any more.
final class Quiet {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LOOKS = 3;
    private static final List<String> OPEN = List.of("queued", "published", "received", "started");

    private Quiet() {}

    /// @param say is told how much is left, now and then
    /// @return what is left after `limit`; empty if it is quiet
    static Map<String, Long> await(List<AgentNode> agents, Duration limit, Consumer<String> say)
            throws InterruptedException {
        long start = System.nanoTime();
        int looks = 0;
        while (true) {
            Map<String, Long> open = new TreeMap<>();
            for (AgentNode agent : agents) {
                look(agent, open);
            }
            looks = open.isEmpty() ? looks + 1 : 0;
            long left = limit.toNanos() - (System.nanoTime() - start);
            if (looks == LOOKS || left < 0) {
                return open;
            }
            if (!open.isEmpty()) {
                say.accept(
                        "waiting for quiet, %d s left: %s"
                                .formatted(Duration.ofNanos(left).toSeconds(), open));
            }
            Thread.sleep(LOOK);
        }
    }

    private static void look(AgentNode agent, Map<String, Long> open) {
        try {
            JsonNode messages = Api.of(agent.data()).get("/v1/status").json().path("messages");
            messages.properties()
                    .forEach(direction -> {
                        for (String state : OPEN) {
                            long count = direction.getValue().path(state).asLong();
                            if (count > 0) {
                                open.put(
                                        agent.name() + " " + direction.getKey() + " " + state,
                                        count);
                            }
                        }
                    });
            if (messages.isMissingNode()) {
                open.put(agent.name() + " does not say", 1L);
            }
            long inputs = inputs(agent.data());
            if (inputs > 0) {
                open.put(agent.name() + " inputs", inputs);
            }
        } catch (IOException e) {
            open.put(agent.name() + " does not answer: " + e.getMessage(), 1L);
        }
    }

    /// Inputs that were not taken yet.
    private static long inputs(Path data) throws IOException {
        long count = 0;
        try {
            count += Files.size(data.resolve("inmsg.txt")) > 0 ? 1 : 0;
        } catch (NoSuchFileException e) {
            count++; // it is being taken
        }
        try (Stream<Path> files = Files.list(data.resolve("inbox"))) {
            count += files.filter(Files::isRegularFile).count();
        }
        return count;
    }
}
