package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.SettingsException;
import io.steward.agent.settings.SettingsLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        description =
                "Checks what Steward needs: JDK, broker program, agent, broker, mailbox, disk,"
                        + " journal, clock; says what to do about each problem. Exits with 1 if"
                        + " something does not work.")
final class Doctor implements Callable<Integer> {
    private static final int JDK = 25;

    private final Shell shell;
    @Mixin Common common = new Common();

    Doctor(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        ObjectNode document = Json.object();
        ArrayNode checks = document.putArray("checks");
        jdk(checks);
        brokerProgram(checks);
        try {
            AgentAddress address = new AgentFinder(shell).find(common);
            JsonNode found = new AgentClient(address).get("/v1/doctor").path("checks");
            add(checks, "agent", "ok", "answers at " + address.url(), "");
            found.forEach(checks::add);
        } catch (CliException e) {
            data(checks);
            add(
                    checks,
                    "agent",
                    "fail",
                    String.valueOf(e.getMessage()),
                    "run \"%s up\" for an agent with a broker of its own, or \"%s agent --broker URL\" for one at a broker that runs"
                            .formatted(shell.self(), shell.self()));
        }
        boolean fails = false;
        for (JsonNode check : checks) {
            fails |= check.path("result").asText().equals("fail");
        }
        if (!Documents.print(shell, common.format, document, "checks")) {
            checks.forEach(this::say);
        }
        return fails ? Exit.FAILED : Exit.OK;
    }

    private static void jdk(ArrayNode checks) {
        int feature = Runtime.version().feature();
        add(
                checks,
                "jdk",
                feature >= JDK ? "ok" : "fail",
                "%s in %s".formatted(Runtime.version(), System.getProperty("java.home")),
                "install a JDK 25 or newer, or set JAVA_HOME");
    }

    private void brokerProgram(ArrayNode checks) {
        String given = shell.environment().getOrDefault("STEWARD_NATS_SERVER", "");
        if (!given.isEmpty() && !Files.isExecutable(Path.of(given))) {
            add(
                    checks,
                    "nats-server",
                    "fail",
                    "STEWARD_NATS_SERVER is %s, which is no program".formatted(given),
                    "correct it, or unset it to have one found");
            return;
        }
        String home = shell.environment().getOrDefault("STEWARD_ROOT", "");
        if (!home.isEmpty() && !Files.isExecutable(Path.of(home, "bin", "nats-server"))) {
            add(
                    checks,
                    "nats-server",
                    "warn",
                    "there is no %s/bin/nats-server to find one".formatted(home),
                    "only needed for \"up\" with a broker of its own");
        } else {
            add(
                    checks,
                    "nats-server",
                    "ok",
                    given.isEmpty()
                            ? onPath().orElse("none on the PATH: one is fetched when needed")
                            : given,
                    "");
        }
    }

    private Optional<String> onPath() {
        return Stream.of(shell.environment().getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, "nats-server"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /// Where an agent that is started here would keep its data.
    private void data(ArrayNode checks) {
        try {
            Map<String, String> flags =
                    common.data == null ? Map.of() : Map.of("data", common.data.toString());
            Path data =
                    new SettingsLoader()
                            .load(flags, shell.environment(), shell.folder(), Mode.UP)
                            .data();
            Path there = data;
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            boolean usable = Files.isDirectory(there) && Files.isWritable(there);
            add(
                    checks,
                    "data",
                    usable ? "ok" : "fail",
                    !usable
                            ? "%s cannot be used: %s is no folder that you may write into"
                                    .formatted(data, there)
                            : there.equals(data)
                                    ? data.toString()
                                    : data + " would be made by the first start",
                    "give another folder with --data DIR, or let this user write there");
        } catch (SettingsException e) {
            add(checks, "settings", "fail", String.valueOf(e.getMessage()), "see docs/settings.md");
        }
    }

    private static void add(
            ArrayNode checks, String name, String result, String detail, String todo) {
        ObjectNode check = checks.addObject();
        check.put("name", name).put("result", result).put("detail", detail);
        if (!result.equals("ok") && !todo.isEmpty()) {
            check.put("todo", todo);
        }
    }

    private void say(JsonNode check) {
        shell.say(
                "%-5s %-12s %s"
                        .formatted(
                                check.path("result").asText(),
                                check.path("name").asText(),
                                check.path("detail").asText()));
        if (check.has("todo")) {
            shell.say("      %-12s -> %s".formatted("", check.path("todo").asText()));
        }
    }
}
