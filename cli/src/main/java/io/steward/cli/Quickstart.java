package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.Agent;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.http.ApiToken;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "quickstart",
        description =
                "Shows it all once, in a temporary folder: starts a broker and the nodes central"
                    + " and ship1, sends what stands in inmsg.txt, shows the result and where it"
                    + " was logged, and stops everything.")
final class Quickstart implements Callable<Integer> {
    private static final Duration STOPPING = Duration.ofSeconds(30);
    private static final Duration READY = Duration.ofSeconds(20);
    private static final Duration RESULT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// Of a line of the log, which holds the whole output: what shows how it looks.
    private static final int SHOWN = 200;

    /// What is sent where there is no inmsg.txt.
    private static final String MESSAGE =
            """
            [{"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand",
              "data": ["bash", "-c", "ls -l ../"]}]
            """;

    private final Shell shell;

    @Option(names = "--keep", description = "Keep the temporary folder.")
    boolean keep;

    Quickstart(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("steward-quickstart-");
        long start = System.nanoTime();
        return Lifetime.run(
                STOPPING,
                () -> {
                    int exit;
                    try {
                        exit = show(folder);
                    } finally {
                        if (!keep) {
                            Folders.delete(folder);
                        }
                    }
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    shell.say(
                            "%s after %s; %s"
                                    .formatted(
                                            exit == Exit.OK ? "done" : "failed",
                                            Times.length(took),
                                            keep ? "kept in " + folder : "nothing is left of it"));
                    if (exit == Exit.OK) {
                        shell.say(
                                "next: \"%s up\", then write into inmsg.txt"
                                        .formatted(shell.self()));
                    }
                    return exit;
                });
    }

    private int show(Path folder) throws Exception {
        Path inmsg = folder.resolve("inmsg.txt");
        Settings settings = settings(folder, inmsg);
        shell.say("starting a broker and the node central ...");
        try (Agent central = Agent.start(settings)) {
            AgentClient client =
                    new AgentClient(
                            new AgentAddress(central.apiUrl(), ApiToken.read(settings.data())));
            JsonNode status = client.get("/v1/status");
            shell.say("starting the node ship1, in a process of its own ...");
            String url = brokerUrl(status.path("broker"));
            try (SecondNode ship1 = SecondNode.start(shell, folder, "ship1", url, settings)) {
                ship1.awaitReady(READY);
                return send(client, settings, inmsg);
            }
        }
    }

    private String brokerUrl(JsonNode broker) throws IOException {
        if (!broker.path("connected").asBoolean()) {
            throw new CliException(
                    Exit.FAILED,
                    "the broker is not there: %s; \"%s doctor\" may know more"
                            .formatted(broker.path("problem").asText(), shell.self()));
        }
        return broker.has("urlFile")
                ? Files.readString(Path.of(broker.path("urlFile").asText())).strip()
                : broker.path("url").asText();
    }

    private Settings settings(Path folder, Path inmsg) {
        AgentOptions options = new AgentOptions();
        options.node = "central";
        options.data = folder.resolve("central").toString();
        options.inmsg = inmsg.toString();
        options.http = "127.0.0.1:0";
        options.settings.put("broker.port", "0");
        options.settings.put("run.workingFolder", options.data);
        return options.load(bare(), Mode.UP);
    }

    /// Without the settings of the user's own agents.
    private Shell bare() {
        Map<String, String> environment = new HashMap<>(shell.environment());
        environment
                .keySet()
                .removeIf(name -> name.startsWith("STEWARD_") && !SecondNode.KEPT.contains(name));
        return new Shell(
                shell.out(),
                shell.err(),
                shell.in(),
                shell.outIsTerminal(),
                shell.errIsTerminal(),
                Map.copyOf(environment),
                shell.folder(),
                List.of(),
                false);
    }

    private int send(AgentClient client, Settings settings, Path inmsg) throws Exception {
        String root = shell.environment().getOrDefault("STEWARD_ROOT", "");
        Path committed = Path.of(root.isEmpty() ? "." : root, "inmsg.txt");
        String text = Files.exists(committed) ? Files.readString(committed) : MESSAGE;
        if (text.isBlank()) {
            text = MESSAGE;
        }
        shell.say("writing into %s:".formatted(inmsg));
        text.lines().forEach(line -> shell.say("  " + line));
        Path beside = inmsg.resolveSibling("new");
        PrivateFile.replace(beside, text); // why: not taken where the umask lets everybody write
        Files.move(beside, inmsg, StandardCopyOption.REPLACE_EXISTING);

        List<String> ids = awaitTaken(client, inmsg);
        List<Delivery> messages = new Waiter(shell, client).await(ids, RESULT, ended -> {});
        for (Delivery message : messages) {
            shell.say("");
            new Outcome(shell).print(message);
        }
        shell.say("");
        shell.say("logged in " + settings.data().resolve("processed.jsonl") + ":");
        String lines = client.get("/v1/processed?last=1000", Duration.ZERO).body();
        lines.lines()
                .filter(line -> ids.contains(Json.read(line).path("message").path("id").asText()))
                .forEach(line -> shell.say("  " + shortened(line)));
        int exit = Exit.OK;
        for (Delivery message : messages) {
            exit = Results.exitOf(List.of(message)) == Exit.OK ? exit : Exit.FAILED;
        }
        return exit;
    }

    private static String shortened(String line) {
        return line.length() > SHOWN ? line.substring(0, SHOWN) + " ..." : line;
    }

    /// Waits until the file was taken, and finds the messages it made.
    private List<String> awaitTaken(AgentClient client, Path inmsg)
            throws IOException, InterruptedException {
        Path error = inmsg.resolveSibling(inmsg.getFileName() + ".error");
        long deadline = System.nanoTime() + RESULT.toNanos();
        while (true) {
            List<String> ids = new ArrayList<>();
            for (JsonNode json :
                    client.get("/v1/messages?direction=sent&limit=1000").path("messages")) {
                Delivery message = new Delivery(json);
                if (!message.method().equals("hello") && !message.method().equals("errorlog")) {
                    ids.addFirst(message.id());
                }
            }
            if (!ids.isEmpty()) {
                return ids;
            }
            if (Files.exists(error)) {
                throw new CliException(
                        Exit.USAGE,
                        "inmsg.txt is not as it has to be: "
                                + Files.readString(error, StandardCharsets.UTF_8).strip());
            }
            if (System.nanoTime() > deadline) {
                throw new CliException(
                        Exit.FAILED, "nothing was taken from %s; see \"--keep\"".formatted(inmsg));
            }
            Thread.sleep(PAUSE);
        }
    }
}
