package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "group",
        description = {
            "Saves target expressions under a name, for all agents of the cluster; --group NAME or"
                    + " @NAME stands for them.",
            "",
            "  steward group set edge \"cloud=ships and not tag=test\"",
            "  steward group list",
            "  steward group remove edge"
        },
        subcommands = {
            GroupCommand.ListGroups.class,
            GroupCommand.Set.class,
            GroupCommand.Remove.class
        })
final class GroupCommand implements Callable<Integer> {
    private final Shell shell;

    GroupCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected list, set or remove; see \"%s group --help\""
                        .formatted(shell.self()));
    }

    @Command(name = "list", description = "The saved groups.")
    static final class ListGroups implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        ListGroups(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode groups = common.agent(shell).get("/v1/groups");
            if (!Documents.print(shell, common.format, groups, "groups")) {
                Table table = new Table("group", "expression");
                groups.path("groups")
                        .forEach(group ->
                                table.row(
                                        group.path("group").asText(),
                                        group.path("expression").asText()));
                table.print(shell);
            }
            return Exit.OK;
        }
    }

    @Command(name = "set", description = "Saves a group, instead of one of that name.")
    static final class Set implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(index = "0", paramLabel = "NAME", description = "As node names are.")
        String name = "";

        @Parameters(index = "1", paramLabel = "EXPRESSION", description = "See docs/targets.md.")
        String expression = "";

        Set(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode group =
                    common.agent(shell)
                            .post(
                                    "/v1/groups/" + AgentClient.encode(name),
                                    Json.object().put("expression", expression),
                                    Duration.ofSeconds(10));
            if (!Documents.print(shell, common.format, group)) {
                shell.say("@%s is %s".formatted(name, expression));
            }
            return Exit.OK;
        }
    }

    @Command(name = "remove", description = "Forgets a group.")
    static final class Remove implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "NAME", description = "Its name.")
        String name = "";

        Remove(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode group =
                    common.agent(shell).delete("/v1/groups/" + AgentClient.encode(name)).json();
            if (!Documents.print(shell, common.format, group)) {
                shell.say("@%s is forgotten".formatted(name));
            }
            return Exit.OK;
        }
    }
}
