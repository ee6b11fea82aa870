package io.steward.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

@Command(
        name = "completion",
        description = {
            "Prints a script that completes this program's commands and options in a shell.",
            "",
            "  source <(steward completion bash)",
            "  source <(steward completion zsh)",
            "  steward completion fish > ~/.config/fish/completions/steward.fish"
        })
final class Completion implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "bash|zsh|fish", description = "For which shell.")
    String which = "bash";

    Completion(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        CommandLine all = Cli.commandLine(shell, List.of());
        switch (which) {
            case "bash", "zsh" -> shell.out().print(AutoComplete.bash("steward", all));
            case "fish" -> shell.out().print(fish(all));
            default ->
                    throw new CliException(
                            Exit.USAGE,
                            "\"%s\" is not known: expected bash, zsh or fish".formatted(which));
        }
        return Exit.OK;
    }

    private static String fish(CommandLine all) {
        StringBuilder script = new StringBuilder("complete -c steward -f\n");
        all.getSubcommands()
                .forEach((name, command) -> {
                    CommandSpec spec = command.getCommandSpec();
                    script.append(
                            "complete -c steward -n __fish_use_subcommand -a %s -d %s\n"
                                    .formatted(
                                            name,
                                            quoted(first(spec.usageMessage().description()))));
                    spec.options().forEach(option -> script.append(fish(name, option)));
                });
        return script.toString();
    }

    private static String fish(String command, OptionSpec option) {
        StringBuilder line =
                new StringBuilder(
                        "complete -c steward -n '__fish_seen_subcommand_from %s'"
                                .formatted(command));
        for (String name : option.names()) {
            line.append(
                    name.startsWith("--")
                            ? " -l " + name.substring(2)
                            : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            line.append(" -r");
        }
        return line.append(" -d ")
                .append(quoted(first(option.description())))
                .append('\n')
                .toString();
    }

    private static String first(String[] lines) {
        return lines.length == 0 ? "" : lines[0];
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
