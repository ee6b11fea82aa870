package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "adopt",
        description = {
            "Makes machines members of the fleet. At the agent that has its keys: the one with the"
                    + " embedded broker.",
            "",
            "  steward adopt token                          prints a token; on the new machine:",
            "  STEWARD_JOIN=TOKEN steward agent --node ship1 --broker nats://HOST:4222",
            "  steward adopt list                           compare the fingerprint, and",
            "  steward adopt accept 1f2e-3d4c-5b6a-7988     it is a member"
        },
        subcommands = {
            AdoptCommand.ListMachines.class,
            AdoptCommand.Accept.class,
            AdoptCommand.Refuse.class,
            AdoptCommand.Revoke.class,
            AdoptCommand.Client.class,
            AdoptCommand.Token.class,
            AdoptCommand.Tokens.class,
            AdoptCommand.EndToken.class
        })
final class AdoptCommand implements Callable<Integer> {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Shell shell;

    AdoptCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected list, accept, refuse, revoke, client, token, tokens or end-token; see \"%s adopt --help\""
                        .formatted(shell.self()));
    }

    @Command(
            name = "list",
            description = "The machines that wait; with --all also members, and those turned away.")
    static final class ListMachines implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Option(names = "--all", description = "Members, refused and revoked ones too.")
        boolean all;

        ListMachines(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode found = common.agent(shell).get("/v1/adoptions");
            ObjectNode shown = Json.object();
            ArrayNode machines = shown.putArray("machines");
            found.path("machines")
                    .forEach(machine -> {
                        if (all || machine.path("state").asText().equals("pending")) {
                            machines.add(machine);
                        }
                    });
            if (Documents.print(shell, common.format, shown, "machines")) {
                return Exit.OK;
            }
            if (machines.isEmpty()) {
                shell.say(all ? "no machine has asked" : "no machine waits to be adopted");
                return Exit.OK;
            }
            Table table = new Table("fingerprint", "name", "state", "since", "host", "token", "");
            machines.forEach(machine ->
                    table.row(
                            machine.path("fingerprint").asText(),
                            machine.path("name").asText(),
                            machine.path("state").asText(),
                            Times.near(machine.path("since").asText()),
                            machine.path("facts").path("host").asText(""),
                            machine.path("token").asText(""),
                            machine.path("twin").asText(machine.path("reason").asText(""))));
            table.print(shell);
            return Exit.OK;
        }
    }

    /// Asks for a change of one machine, and says how it stands after it.
    private static Integer change(
            Shell shell, Common common, String who, String change, ObjectNode body) {
        JsonNode machine =
                common.agent(shell)
                        .post(
                                "/v1/adoptions/" + AgentClient.encode(who) + "/" + change,
                                body,
                                WAIT);
        if (!Documents.print(shell, common.format, machine)) {
            shell.say(
                    "%s is %s, fingerprint %s"
                            .formatted(
                                    machine.path("name").asText(),
                                    machine.path("state").asText().equals("member")
                                            ? "a member"
                                            : machine.path("state").asText(),
                                    machine.path("fingerprint").asText()));
        }
        return Exit.OK;
    }

    @Command(
            name = "accept",
            description =
                    "Makes a machine a member, once its fingerprint is the one that the machine"
                            + " itself shows.")
    static final class Accept implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(
                paramLabel = "MACHINE",
                description = "Its fingerprint, or the name it asks for.")
        String who = "";

        @Option(
                names = "--name",
                paramLabel = "NODE",
                description = "Its name in the fleet; else the one it asks for.")
        @Nullable String name;

        @Option(names = "--cloud", paramLabel = "CLOUD", description = "The cloud it is in.")
        @Nullable String cloud;

        @Option(names = "--tag", paramLabel = "TAG", description = "What it is for; several times.")
        List<String> tags = new ArrayList<>();

        @Option(
                names = "--replace",
                description = "Revokes the member that has the name: that machine is gone.")
        boolean replace;

        Accept(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            body.put("name", name);
            body.put("cloud", cloud);
            body.put("replace", replace);
            ArrayNode all = body.putArray("tags");
            tags.forEach(all::add);
            return change(shell, common, who, "accept", body);
        }
    }

    @Command(name = "refuse", description = "Turns a machine away that waits.")
    static final class Refuse implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(
                paramLabel = "MACHINE",
                description = "Its fingerprint, or the name it asks for.")
        String who = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Which the machine is told.")
        String reason = "";

        Refuse(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            return change(shell, common, who, "refuse", Json.object().put("reason", reason));
        }
    }

    @Command(
            name = "revoke",
            description = "Ends a membership: its connection ends, and its key opens nothing.")
    static final class Revoke implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "NODE", description = "Its name, or its fingerprint.")
        String who = "";

        @Option(names = "--reason", paramLabel = "TEXT", description = "Which is kept with it.")
        String reason = "";

        Revoke(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            return change(shell, common, who, "revoke", Json.object().put("reason", reason));
        }
    }

    @Command(
            name = "client",
            description =
                    "Makes credentials for a NATS client without an agent, and prints them, this"
                            + " once: a .creds file.")
    static final class Client implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "NAME", description = "As whom it sends; no node has it.")
        String name = "";

        Client(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode made =
                    common.agent(shell)
                            .post("/v1/clients/" + AgentClient.encode(name), Json.object(), WAIT);
            if (!Documents.print(shell, common.format, made)) {
                shell.out().print(made.path("credentials").asText());
            }
            return Exit.OK;
        }
    }

    @Command(
            name = "token",
            description =
                    "Makes a join token and prints it, this once. Who has it may ask to be a"
                            + " member, and nothing else.")
    static final class Token implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Option(
                names = "--life",
                paramLabel = "DURATION",
                description = "How long it is good: 15m; forever for no end.")
        String life = "15m";

        @Option(
                names = "--uses",
                paramLabel = "N",
                description = "For how many machines: 1; 0 for any number.")
        int uses = 1;

        @Option(
                names = "--auto",
                description = "Who asks with it is adopted without anybody being asked.")
        boolean automatic;

        @Option(
                names = "--names",
                paramLabel = "GLOB",
                description =
                        "With --auto: only machines that would like to have such a name; the"
                                + " others wait.")
        @Nullable String wanted;

        @Option(names = "--cloud", paramLabel = "CLOUD", description = "Its machines are in it.")
        @Nullable String cloud;

        @Option(names = "--tag", paramLabel = "TAG", description = "Its machines have it.")
        List<String> tags = new ArrayList<>();

        Token(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            ObjectNode body = Json.object();
            body.put("life", life);
            body.put("uses", uses);
            body.put("automatic", automatic);
            if (wanted != null) {
                body.put("names", wanted);
            }
            body.put("cloud", cloud);
            ArrayNode all = body.putArray("tags");
            tags.forEach(all::add);
            JsonNode made = common.agent(shell).post("/v1/join-tokens", body, WAIT);
            if (!Documents.print(shell, common.format, made)) {
                shell.say(made.path("token").asText());
            }
            return Exit.OK;
        }
    }

    @Command(name = "tokens", description = "The join tokens that were made, without their text.")
    static final class Tokens implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        Tokens(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode found = common.agent(shell).get("/v1/join-tokens");
            if (Documents.print(shell, common.format, found, "tokens")) {
                return Exit.OK;
            }
            Table table =
                    new Table("token", "used", "of", "auto", "cloud", "made", "good until", "by");
            found.path("tokens")
                    .forEach(token ->
                            table.row(
                                    token.path("fingerprint").asText(),
                                    token.path("used").asText(),
                                    token.path("uses").asInt() == 0
                                            ? "any"
                                            : token.path("uses").asText(),
                                    token.path("automatic").asBoolean() ? "yes" : "no",
                                    token.path("cloud").asText(""),
                                    Times.near(token.path("madeAt").asText()),
                                    token.hasNonNull("revokedAt")
                                            ? "revoked"
                                            : token.hasNonNull("expiresAt")
                                                    ? Times.near(token.path("expiresAt").asText())
                                                    : "ever",
                                    token.path("by").asText()));
            table.print(shell);
            return Exit.OK;
        }
    }

    @Command(
            name = "end-token",
            description = "Ends a join token; who was adopted with it stays a member.")
    static final class EndToken implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(paramLabel = "TOKEN", description = "Its fingerprint, as tokens shows it.")
        String who = "";

        EndToken(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode ended =
                    common.agent(shell).delete("/v1/join-tokens/" + AgentClient.encode(who)).json();
            if (!Documents.print(shell, common.format, ended)) {
                shell.say("the token %s is ended".formatted(ended.path("fingerprint").asText()));
            }
            return Exit.OK;
        }
    }
}
