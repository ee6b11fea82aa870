package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "ps",
        description =
                "Shows the processes of an agent as a tree: state, since when, messages handled,"
                        + " restarts, mailbox, last error.")
final class Ps implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(
            arity = "0..1",
            paramLabel = "NODE",
            description = "Another node, which is asked by message. Default: this one.")
    @Nullable String node;

    Ps(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = common.agent(shell);
        if (node != null && !node.equals(agent.get("/v1/status").path("node").asText())) {
            Remote remote = new Remote(shell, agent);
            Delivery answer = remote.ask(node, "processlist");
            JsonNode tree =
                    Json.read(new String(answer.stdout(), java.nio.charset.StandardCharsets.UTF_8));
            if (answer.state() != io.steward.messages.State.SUCCEEDED || !tree.isContainerNode()) {
                return remote.print(answer, common.format);
            }
            show(withoutAnswering(tree.isArray() ? tree : tree.path("processes"), node));
            return Exit.OK;
        }
        show(agent.get("/v1/processes"));
        return Exit.OK;
    }

    /// Leaves out the processes that only run to answer this question.
    private static JsonNode withoutAnswering(JsonNode processes, String node) {
        ObjectNode tree = Json.object();
        ArrayNode others = tree.putArray("processes");
        for (JsonNode process : processes) {
            if (!process.path("path").asText().contains(node + ".command.processlist.")) {
                others.add(process);
            }
        }
        return tree;
    }

    private void show(JsonNode tree) {
        if (Documents.print(shell, common.format, tree, "processes")) {
            return;
        }
        Table table =
                new Table(
                        "process",
                        "status",
                        "since",
                        "handled",
                        "restarts",
                        "mailbox",
                        "last error");
        for (JsonNode process : tree.path("processes")) {
            String path = process.path("path").asText();
            int depth = (int) path.chars().filter(c -> c == '/').count();
            JsonNode error = process.path("lastError");
            table.row(
                    "  ".repeat(depth) + path.substring(path.lastIndexOf('/') + 1),
                    process.path("status").asText(),
                    Times.near(process.path("since").asText()),
                    process.path("handled").asText(),
                    process.path("restarts").asText(),
                    process.path("mailbox").asText(),
                    error.isObject()
                            ? Lines.shortened(
                                    error.path("doing").asText()
                                            + ": "
                                            + error.path("cause").asText())
                            : "");
        }
        table.print(shell);
    }
}
