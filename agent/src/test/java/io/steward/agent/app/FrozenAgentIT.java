package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that stands still for longer than the broker waits for an acknowledgement (30 s), as on
/// a machine that is suspended.
class FrozenAgentIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration FROZEN =
            Duration.ofSeconds(Integer.getInteger("steward.frozen", 35));
    private static final int MANY = 600;

    @TempDir Path folder;

    @Test
    void aReceiverThatStandsStillRunsNothingTwiceAndKeepsTheOrder() throws Exception {
        Witness witness = new Witness(folder);
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            central.send(commands(witness, 0, MANY / 2));
            await().atMost(LONG).until(() -> witness.seen().size() >= 20);
            ship.signal("STOP");
            try {
                central.send(commands(witness, MANY / 2, MANY));
                Thread.sleep(FROZEN);
            } finally {
                ship.signal("CONT");
            }
            List<JsonNode> ended = central.awaitSent(MANY, "shellcommand", LONG);
            assertThat(ended)
                    .hasSize(MANY)
                    .allMatch(line -> line.path("state").asText().equals("succeeded"))
                    .allMatch(line -> line.path("ack").path("attempt").asInt() == 1);
            assertThat(witness.seen())
                    .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList());
            await().atMost(LONG).until(() -> ship.received().size() >= MANY);
            assertThat(ship.received()).hasSize(MANY);
        }
    }

    private static String commands(Witness witness, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> witness.command("ship1", "a", "c" + i))
                .collect(Collectors.joining());
    }
}
