package io.steward.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "help",
        description = "Shows how to use a command, or with --all how to use every one.")
final class Help implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--all", description = "Every command with all its options.")
    boolean all;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "Which one.")
    @Nullable String command;

    Help(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        CommandLine line = Cli.commandLine(shell, List.of());
        if (all) {
            line.usage(shell.out());
            line.getSubcommands()
                    .values()
                    .forEach(sub -> {
                        shell.out().println();
                        sub.usage(shell.out());
                    });
            return Exit.OK;
        }
        if (command == null) {
            line.usage(shell.out());
            return Exit.OK;
        }
        CommandLine sub = line.getSubcommands().get(command);
        if (sub == null) {
            throw new CliException(
                    Exit.USAGE,
                    "there is no command \"%s\"; \"%s help\" lists them"
                            .formatted(command, shell.self()));
        }
        sub.usage(shell.out());
        return Exit.OK;
    }
}
