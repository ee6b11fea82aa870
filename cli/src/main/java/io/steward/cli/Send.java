package io.steward.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "send",
        description = {
            "Sends messages from a file, written as in inmsg.txt (YAML if it is named .yaml or"
                    + " .yml).",
            "",
            "  steward send --file messages.json",
            "  generate | steward send --file -"
        })
final class Send implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The file; - for stdin.")
    String file = "-";

    @Option(names = "--yaml", description = "It is YAML, whatever its name.")
    boolean yaml;

    @Option(names = "--detach", description = "Print the ids and leave; do not wait.")
    boolean detach;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long to wait for the results (60s); \"end\": until every one ended.")
    String wait = "60s";

    Send(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Sending sending = new Sending();
        sending.detach = detach;
        sending.wait = wait;
        boolean isYaml = yaml || file.endsWith(".yaml") || file.endsWith(".yml");
        return sending.send(
                shell, common, read(), isYaml ? "application/yaml" : "application/json");
    }

    private byte[] read() {
        try {
            if (file.equals("-")) {
                return shell.in().readAllBytes();
            }
            Path path = shell.folder().resolve(file);
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new CliException(Exit.USAGE, "there is no file " + e.getFile());
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, "cannot read %s: %s".formatted(file, e), e);
        }
    }
}
