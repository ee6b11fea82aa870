package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "process",
        description = {
            "Starts, stops or restarts a process of an agent; \"steward ps NODE\" shows them.",
            "",
            "  steward process restart ship1 outbox"
        })
final class ProcessCommand implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(index = "0", paramLabel = "start|stop|restart", description = "What to do.")
    String action = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "Whose process.")
    String node = "";

    @Parameters(
            index = "2",
            paramLabel = "NAME",
            description = "Its path, or its name where only one has it.")
    String name = "";

    ProcessCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        switch (action) {
            case "start", "stop", "restart" -> {}
            default ->
                    throw new CliException(
                            Exit.USAGE,
                            "\"%s\" is not known: expected start, stop or restart"
                                    .formatted(action));
        }
        AgentClient agent = common.agent(shell);
        if (!node.equals(agent.get("/v1/status").path("node").asText())) {
            Remote remote = new Remote(shell, agent);
            return remote.print(remote.ask(node, "process" + action, name), common.format);
        }
        JsonNode process =
                agent.post(
                        "/v1/processes/" + action,
                        Json.object().put("name", name),
                        Duration.ofMinutes(2));
        if (!Documents.print(shell, common.format, process)) {
            shell.say(
                    "%s is %s"
                            .formatted(
                                    process.path("path").asText(),
                                    process.path("status").asText()));
        }
        return Exit.OK;
    }
}
