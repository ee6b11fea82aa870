package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "identity",
        description = {
            "Who this node is in its fleet, see docs/adopt.md.",
            "",
            "  steward identity show",
            "  steward identity rotate"
        },
        subcommands = {IdentityCommand.Show.class, IdentityCommand.Rotate.class})
final class IdentityCommand implements Callable<Integer> {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Shell shell;

    IdentityCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected show or rotate; see \"%s identity --help\""
                        .formatted(shell.self()));
    }

    @Command(name = "show", description = "Its key, and what the fleet has made of it.")
    static final class Show implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        Show(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode is = common.agent(shell).get("/v1/identity");
            if (Documents.print(shell, common.format, is)) {
                return Exit.OK;
            }
            shell.say("node         " + is.path("node").asText());
            shell.say("fingerprint  " + is.path("fingerprint").asText());
            shell.say("fleet        " + is.path("fleet").asText());
            shell.say("adopted by   " + is.path("central").asText());
            if (is.hasNonNull("cloud")) {
                shell.say("cloud        " + is.path("cloud").asText());
            }
            if (!is.path("tags").isEmpty()) {
                StringBuilder tags = new StringBuilder();
                is.path("tags").forEach(tag -> tags.append(tag.asText()).append(' '));
                shell.say("tags         " + tags.toString().strip());
            }
            shell.say("since        " + Times.near(is.path("since").asText()));
            return Exit.OK;
        }
    }

    @Command(
            name = "rotate",
            description =
                    "Gives the node another key. Its agent starts again with it; the old one opens"
                            + " nothing from then on, and what was sent with it arrives.")
    static final class Rotate implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        Rotate(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode made = common.agent(shell).post("/v1/identity/rotate", Json.object(), WAIT);
            if (!Documents.print(shell, common.format, made)) {
                shell.say(
                        "its key is %s now; the agent starts again"
                                .formatted(made.path("fingerprint").asText()));
            }
            return Exit.OK;
        }
    }
}
