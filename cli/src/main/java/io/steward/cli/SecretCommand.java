package io.steward.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.secrets.SecretStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "secret",
        description = {
            "The secrets of this node, see docs/secrets.md. Needs no agent that runs.",
            "",
            "  steward secret list"
        },
        subcommands = SecretCommand.Names.class)
final class SecretCommand implements Callable<Integer> {
    private final Shell shell;

    SecretCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected list; see \"%s secret --help\""
                        .formatted(shell.self()));
    }

    @Command(
            name = "list",
            description =
                    "The names of the secrets in the data folder, and which cannot be used and why;"
                            + " never a value. Those in variables of the agent are not among them."
                            + " Exits with 1 if one cannot be used.")
    static final class Names implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        Names(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            Path folder = DataFolder.of(shell, common);
            List<SecretStore.Listed> secrets;
            try {
                secrets = new SecretStore(folder, Map.of()).list();
            } catch (IOException e) {
                throw new CliException(
                        Exit.USAGE, "the secrets of %s cannot be read: %s".formatted(folder, e), e);
            }
            ObjectNode document = Json.object();
            ArrayNode array = document.putArray("secrets");
            secrets.forEach(each ->
                    array.add(
                            Json.object().put("name", each.name()).put("problem", each.problem())));
            if (!Documents.print(shell, common.format, document, "secrets")) {
                Table table = new Table("name", "");
                secrets.forEach(each ->
                        table.row(each.name(), each.problem() == null ? "ok" : each.problem()));
                table.print(shell);
            }
            return secrets.stream().allMatch(each -> each.problem() == null)
                    ? Exit.OK
                    : Exit.FAILED;
        }
    }
}
