package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "nodes",
        description =
                "Lists the nodes that ever had a connection to the broker, how they are, and the"
                        + " last sign of life of each.")
final class Nodes implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    Nodes(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = new AgentClient(new AgentFinder(shell).find(common));
        JsonNode self = agent.get("/v1/status");
        ObjectNode nodes = Json.object();
        ArrayNode all = nodes.putArray("nodes");
        String name = self.path("node").asText();
        all.addObject()
                .put("node", name)
                .put("state", self.path("broker").path("connected").asBoolean() ? "up" : "cut off")
                .put("seen", Instant.now().toString())
                .put("self", true);
        for (JsonNode node : agent.get("/v1/nodes").path("nodes")) {
            if (!node.path("node").asText().equals(name)) {
                all.add(node);
            }
        }
        if (Documents.print(shell, common.format, nodes, "nodes")) {
            return Exit.OK;
        }
        Table table = new Table("node", "state", "last sign of life", "host", "version");
        for (JsonNode node : all) {
            table.row(
                    node.path("node").asText(),
                    node.path("state").asText(),
                    node.path("self").asBoolean()
                            ? "this node, up since " + Times.since(self.path("startedAt").asText())
                            : Times.since(
                                    node.path(node.has("lastSign") ? "lastSign" : "seen").asText()),
                    node.path("host").asText(),
                    node.path("self").asBoolean()
                            ? self.path("version").asText()
                            : node.path("version").asText());
        }
        table.print(shell);
        return Exit.OK;
    }
}
