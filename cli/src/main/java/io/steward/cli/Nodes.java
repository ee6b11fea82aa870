package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "nodes",
        description = "Lists the nodes that have said hello to this one, and when they did last.")
final class Nodes implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    Nodes(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = new AgentClient(new AgentFinder(shell).find(common));
        JsonNode nodes = agent.get("/v1/nodes");
        if (Documents.print(shell, common.format, nodes, "nodes")) {
            return Exit.OK;
        }
        Table table = new Table("node", "last hello");
        for (JsonNode node : nodes.path("nodes")) {
            table.row(node.path("node").asText(), Times.since(node.path("seen").asText()));
        }
        if (table.isEmpty()) {
            shell.err().println("no node has said hello to this one yet");
        } else {
            table.print(shell);
        }
        return Exit.OK;
    }
}
