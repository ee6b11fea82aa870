package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "cancel",
        description =
                "Cancels messages: at once while their node has not got them, else by asking the"
                        + " node to end what runs. Exits with 1 if one had ended before.")
final class Cancel implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Message ids.")
    List<String> ids = new ArrayList<>();

    Cancel(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = common.agent(shell);
        ObjectNode all = Json.object();
        ArrayNode results = all.putArray("results");
        int exit = Exit.OK;
        for (String id : ids) {
            JsonNode result = agent.delete("/v1/messages/" + AgentClient.encode(id)).json();
            results.add(result);
            if (result.path("result").asText().equals("too-late")) {
                exit = Exit.FAILED;
            }
        }
        if (!Documents.print(shell, common.format, all, "results")) {
            results.forEach(this::say);
        }
        return exit;
    }

    private void say(JsonNode result) {
        String id = result.path("id").asText();
        switch (result.path("result").asText()) {
            case "cancelled" -> shell.say(id + " is cancelled; it was never run");
            case "asked" ->
                    shell.say(
                            "%s: its node has been asked to cancel it; see \"%s status %s\""
                                    .formatted(id, shell.self(), id));
            default ->
                    shell.warn(
                            "%s had ended before: %s"
                                    .formatted(id, new Delivery(result.path("message")).outcome()));
        }
    }
}
