package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "token",
        description = {
            "Makes, lists and ends the tokens with which others call the agent's API.",
            "",
            "  viewer    reads, outputs of commands too",
            "  operator  also sends messages, begins runs, cancels, ...",
            "  admin     also adopts machines and makes tokens"
        },
        subcommands = {
            TokenCommand.Make.class,
            TokenCommand.ListTokens.class,
            TokenCommand.End.class
        })
final class TokenCommand implements Callable<Integer> {
    private final Shell shell;

    TokenCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected make, list or end; see \"%s token --help\""
                        .formatted(shell.self()));
    }

    @Command(name = "make", description = "Makes a token and prints it, this once.")
    static final class Make implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(
                paramLabel = "NAME",
                description = "Who has it: it stands where it is kept who asked for something.")
        String name = "";

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "What may be done with it: viewer, operator or admin.")
        String role = "";

        @Option(
                names = "--life",
                paramLabel = "DURATION",
                description = "How long it is good: 30d (default); forever for no end.")
        String life = "30d";

        Make(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object().put("name", name).put("role", role).put("life", life);
            JsonNode made = common.agent(shell).post("/v1/tokens", body, Duration.ZERO);
            if (!Documents.print(shell, common.format, made)) {
                shell.say(made.path("token").asText());
            }
            return Exit.OK;
        }
    }

    @Command(name = "list", description = "The tokens that there are, without their text.")
    static final class ListTokens implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        ListTokens(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode found = common.agent(shell).get("/v1/tokens");
            if (Documents.print(shell, common.format, found, "tokens")) {
                return Exit.OK;
            }
            if (found.path("tokens").isEmpty()) {
                shell.say("no token was made");
                return Exit.OK;
            }
            Table table = new Table("name", "role", "made", "by", "good until");
            found.path("tokens")
                    .forEach(token ->
                            table.row(
                                    token.path("name").asText(),
                                    token.path("role").asText(),
                                    Times.near(token.path("madeAt").asText()),
                                    token.path("by").asText(),
                                    !token.hasNonNull("expiresAt")
                                            ? "ever"
                                            : Times.near(token.path("expiresAt").asText())
                                                    + (token.path("expired").asBoolean()
                                                            ? ": over"
                                                            : "")));
            table.print(shell);
            return Exit.OK;
        }
    }

    @Command(name = "end", description = "Ends a token: who has it is turned away from now on.")
    static final class End implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "NAME", description = "As list shows it.")
        String name = "";

        End(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode ended =
                    common.agent(shell).delete("/v1/tokens/" + AgentClient.encode(name)).json();
            if (!Documents.print(shell, common.format, ended)) {
                shell.say("the token %s is ended".formatted(ended.path("name").asText()));
            }
            return Exit.OK;
        }
    }
}
