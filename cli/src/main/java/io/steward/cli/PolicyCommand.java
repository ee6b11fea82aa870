package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.policy.Decision;
import io.steward.agent.policy.Policy;
import io.steward.agent.policy.PolicyException;
import io.steward.agent.policy.Sender;
import io.steward.messages.Envelope;
import io.steward.messages.InputDecoder;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "policy",
        description = {
            "Says what the rules of a policy decide, see docs/policy.md.",
            "",
            "  steward policy test policy.yaml message.json --from central",
            "  steward policy explain ID"
        },
        subcommands = {PolicyCommand.Test.class, PolicyCommand.Explain.class})
final class PolicyCommand implements Callable<Integer> {
    private final Shell shell;

    PolicyCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected test or explain; see \"%s policy --help\""
                        .formatted(shell.self()));
    }

    @Command(
            name = "test",
            description =
                    "Which rule of FILE decides about the messages of MESSAGE, which is written as"
                            + " for inmsg.txt, or an envelope. Needs no agent. Exits with 5 if one"
                            + " is refused.")
    static final class Test implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(index = "0", paramLabel = "FILE", description = "The rules.")
        String file = "";

        @Parameters(index = "1", paramLabel = "MESSAGE", description = "A file, JSON or YAML.")
        String message = "";

        @Option(
                names = "--from",
                paramLabel = "NODE",
                description = "Who sends it; an envelope says it itself.")
        @Nullable String from;

        @Option(
                names = "--from-cloud",
                paramLabel = "CLOUD",
                description = "The cloud of the sender.")
        @Nullable String cloud;

        @Option(
                names = "--from-tag",
                paramLabel = "TAG",
                description = "A tag of the sender; may be given several times.")
        List<String> tags = new ArrayList<>();

        Test(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            Policy policy = policy();
            ObjectNode document = Json.object();
            ArrayNode decisions = document.putArray("decisions");
            boolean refused = false;
            for (Message each : messages(read(message))) {
                Sender sender = new Sender(each.from(), true, cloud, Set.copyOf(tags));
                Decision decision = policy.decide(each, sender);
                refused |= !decision.allowed();
                decisions.add(
                        Json.object()
                                .put("from", each.from().value())
                                .put("subject", each.subject().toString())
                                .put("rule", decision.rule())
                                .put("allowed", decision.allowed())
                                .put("runAs", decision.runAs().user()));
            }
            if (!Documents.print(shell, common.format, document, "decisions")) {
                decisions.forEach(decision -> say(shell, decision));
            }
            return refused ? Exit.REFUSED : Exit.OK;
        }

        private Policy policy() {
            try {
                return Policy.read(
                        file, new String(read(file), java.nio.charset.StandardCharsets.UTF_8));
            } catch (PolicyException e) {
                throw new CliException(Exit.USAGE, String.valueOf(e.getMessage()), e);
            }
        }

        private byte[] read(String name) {
            Path path = shell.folder().resolve(name);
            try {
                return Files.readAllBytes(path);
            } catch (IOException e) {
                throw new CliException(
                        Exit.USAGE,
                        "cannot read %s: %s".formatted(path, e.getClass().getSimpleName()),
                        e);
            }
        }

        private List<Message> messages(byte[] bytes) {
            try {
                return List.of(Envelope.decode(bytes));
            } catch (InputException notAnEnvelope) {
                return requested(bytes);
            }
        }

        private List<Message> requested(byte[] bytes) {
            if (from == null) {
                throw new CliException(
                        Exit.USAGE, "%s says no sender: name one with --from".formatted(message));
            }
            List<Message> messages = new ArrayList<>();
            InstantSource clock = InstantSource.system();
            MessageIds ids = new MessageIds(clock);
            try {
                InputDecoder.Format format =
                        message.endsWith(".json")
                                ? InputDecoder.Format.JSON
                                : InputDecoder.Format.YAML;
                for (MessageRequest request : InputDecoder.decode(bytes, format)) {
                    messages.addAll(
                            request.messages(
                                    new NodeName(from),
                                    domain(request),
                                    ids::next,
                                    clock.instant()));
                }
            } catch (InputException | IllegalArgumentException e) {
                throw new CliException(Exit.USAGE, message + ": " + e.getMessage(), e);
            }
            return messages;
        }

        private static String domain(MessageRequest request) {
            String domain = request.domain();
            if (domain == null && !request.method().equals("shellcommand")) {
                throw new IllegalArgumentException(
                        "domain: is missing: only an agent knows the default of \"%s\"; name one"
                                .formatted(request.method()));
            }
            return domain == null ? "operatingsystem" : domain;
        }
    }

    @Command(
            name = "explain",
            description =
                    "Which rule of the agent's policy, as it is now, decides about a message that"
                            + " has come to it, and how the message is.")
    static final class Explain implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(index = "0", paramLabel = "ID", description = "A message id.")
        String id = "";

        Explain(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            JsonNode found =
                    common.agent(shell).get("/v1/messages/" + AgentClient.encode(id) + "/policy");
            ObjectNode document = Json.object();
            document.putArray("decisions").add(found);
            if (!Documents.print(shell, common.format, document, "decisions")) {
                say(shell, found);
                String reason = found.path("reason").asText("");
                shell.say(
                        "it is %s%s"
                                .formatted(
                                        found.path("state").asText(),
                                        reason.isEmpty() || reason.equals("null")
                                                ? ""
                                                : ": " + reason));
            }
            return Exit.OK;
        }
    }

    private static void say(Shell shell, JsonNode decision) {
        String user = decision.path("runAs").textValue();
        shell.say(
                "%s from %s: %s by rule %s%s"
                        .formatted(
                                decision.path("subject").asText(),
                                decision.path("from").asText(),
                                decision.path("allowed").asBoolean() ? "allowed" : "refused",
                                decision.path("rule").asText(),
                                user == null ? "" : ", runs as " + user));
    }
}
