package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "inventory",
        description = {
            "Shows all that a node has said of its machine; docs/facts.md says what each fact is.",
            "",
            "  steward inventory ship1"
        })
final class Inventory implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Parameters(paramLabel = "NODE", description = "Its name.")
    String node = "";

    Inventory(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        JsonNode facts =
                common.agent(shell)
                        .get("/v1/nodes/" + AgentClient.encode(node), Duration.ofSeconds(30))
                        .json()
                        .path("facts");
        if (Documents.print(shell, common.format, facts)) {
            return facts.isEmpty() ? Exit.NO_MATCH : Exit.OK;
        }
        if (facts.isEmpty()) {
            throw new CliException(
                    Exit.NO_MATCH, "%s has not said anything of its machine yet".formatted(node));
        }
        Table table = new Table("fact", "value");
        facts.properties().forEach(fact -> table.row(fact.getKey(), fact.getValue().asText()));
        table.print(shell);
        return Exit.OK;
    }
}
