package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole agents with the permissions that docs/operate.md names, and no others.
class AgentPermissionsIT {
    private static final Path PAGE = Path.of("../docs/operate.md");
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path folder;

    private static String permissions(String node) throws IOException {
        String page = Files.readString(PAGE);
        String begin = "```permissions\n";
        int from = page.indexOf(begin) + begin.length();
        return page.substring(from, page.indexOf("```", from))
                .replace("NODE\"", node + "\"")
                .replace("_NODE.", "_" + node + ".")
                .replace(".NODE.>", "." + node + ".>");
    }

    private static String accounts() throws IOException {
        return """
        authorization { users = [
          { user: central, password: secret, permissions { %s } }
          { user: ship1, password: secret, permissions { %s } }
        ] }
        """
                .formatted(permissions("central"), permissions("ship1"));
    }

    private TestNode node(String name, String folderName, TestNats nats) {
        URI url = URI.create("nats://%s:secret@127.0.0.1:%d".formatted(name, nats.port()));
        return new TestNode(name, folder.resolve(folderName), url);
    }

    private static String command(String node, String method, String data) {
        return """
        {"toNode": "%s", "commandOrEvent": "command", "method": "%s", "data": [%s],
         "ackTimeout": "1s"}
        """
                .formatted(node, method, data);
    }

    @Test
    void theyAreEnough() throws Exception {
        try (TestNats nats = TestNats.start(accounts());
                TestNode central = node("central", "one", nats).start();
                TestNode ship = node("ship1", "one", nats).start()) {
            central.ready();
            ship.ready();
            TestApi api = central.api();
            String sleep = command("ship1", "shellcommand", "\"sleep\", \"60\"");

            // both send and receive
            central.send(command("ship1", "shellcommand", "\"true\""));
            ship.send(command("central", "shellcommand", "\"true\""));
            assertThat(central.awaitSent(1, "shellcommand", LONG)).hasSize(1);
            assertThat(ship.awaitSent(1, "shellcommand", LONG)).hasSize(1);

            // what runs is cancelled
            String running = api.send(sleep);
            awaitState(api, running, "started");
            api.delete("/v1/messages/" + running);
            awaitState(api, running, "cancelled");

            // what waits is listed, looked after, purged and cancelled; the rest is run
            ship.kill();
            String purged = api.send(sleep);
            String cancelled = api.send(sleep);
            String kept = api.send(command("ship1", "shellcommand", "\"true\""));
            awaitState(api, kept, "published");
            await().atMost(LONG)
                    .until(() -> api.get("/v1/queue/ship1").path("messages").size() == 3);
            api.post("/v1/queue/ship1/purge", "{\"ids\": [\"%s\"]}".formatted(purged));
            awaitState(api, purged, "cancelled");
            api.delete("/v1/messages/" + cancelled);
            awaitState(api, cancelled, "cancelled");
            ship.start();
            awaitState(api, kept, "succeeded");

            // another one of the name is refused
            try (TestNode second = node("ship1", "two", nats).start()) {
                await().atMost(LONG).until(() -> second.log().contains("in use by another agent"));
                await().atMost(LONG).until(() -> ship.log().contains("another agent wants it too"));
            }
            api.get("/v1/doctor");

            // the fleet is asked, described and grouped
            await().atMost(LONG)
                    .until(() ->
                            api.get("/v1/nodes?target=agent.version=*").path("nodes").size() == 2);
            assertThat(api.post("/v1/ping", "{}").path("answers")).hasSize(2);
            api.post("/v1/groups/all", "{\"expression\": \"*\"}");
            api.post("/v1/nodes/ship1/maintenance", "{\"reason\": \"test\"}");
            assertThat(api.get("/v1/nodes?target=@all").path("nodes")).hasSize(1);
            api.delete("/v1/nodes/ship1/maintenance");
            api.delete("/v1/groups/all");

            // a notice reaches both
            String told =
                    api.post("/v1/broadcasts", "{\"topic\": \"news\", \"data\": []}")
                            .path("id")
                            .asText();
            for (TestNode each : List.of(central, ship)) {
                JsonNode heard = each.api().get("/v1/broadcasts?topic=news&after=0&wait=30s");
                assertThat(heard.path("notices").path(0).path("id").asText()).isEqualTo(told);
            }
            assertThat(nats.log()).doesNotContain("Violation");
        }
    }

    private static void awaitState(TestApi api, String id, String state) {
        await(id + " is " + state)
                .atMost(LONG)
                .until(() -> api.get("/v1/messages/" + id).path("state").asText().equals(state));
    }
}
