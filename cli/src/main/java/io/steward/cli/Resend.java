package io.steward.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "resend",
        description = {
            "Sends messages again, under new ids: by id, or those that stand in a processed log.",
            "",
            "  steward resend 01K...",
            "  grep '\"state\":\"failed\"' processed.jsonl | steward resend --from -"
        })
final class Resend implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Lines of a processed log; - for stdin.")
    @Nullable String from;

    @Option(names = "--detach", description = "Print the new ids and leave; do not wait.")
    boolean detach;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long to wait for the results (60s); \"end\": until every one ended.")
    String wait = "60s";

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Message ids.")
    List<String> ids = new ArrayList<>();

    Resend(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (ids.isEmpty() == (from == null)) {
            throw new CliException(Exit.USAGE, "expected either message ids or --from FILE");
        }
        Sending sending = new Sending();
        sending.wait = wait;
        var patience = sending.patience();
        AgentClient agent = common.agent(shell);
        List<String> sent = new ArrayList<>();
        if (from == null) {
            for (String id : ids) {
                agent.post(
                                "/v1/messages/" + AgentClient.encode(id) + "/resend",
                                new byte[0],
                                "application/json")
                        .path("messages")
                        .forEach(message -> sent.add(message.path("id").asText()));
            }
        } else {
            agent.post("/v1/resend", read(from), "application/x-ndjson")
                    .path("messages")
                    .forEach(message -> sent.add(message.path("id").asText()));
        }
        return Sending.finish(shell, common, agent, sent, detach, patience);
    }

    private byte[] read(String file) {
        try {
            Path path = shell.folder().resolve(file);
            return file.equals("-") ? shell.in().readAllBytes() : Files.readAllBytes(path);
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, "cannot read %s: %s".formatted(file, e), e);
        }
    }
}
