package io.steward.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "send-command",
        description = {
            "Has a program run on nodes, waits, and prints what it printed.",
            "",
            "  steward send-command ship1 -- uptime",
            "  steward send-command ship1,ship2 -- bash -c \"df -h | tail -n 3\"",
            "",
            "The arguments go to the program as they are; no shell unless you name one. With one"
                + " node its output is our output and its exit code ours; with many, equal outputs"
                + " are folded. A node that is off line runs it when it is back."
        })
final class SendCommand implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Sending sending = new Sending();

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "Another method than shellcommand; what follows -- are its arguments.")
    String method = "shellcommand";

    @Option(
            names = "--follow",
            description =
                    "Print what it prints as it comes; with several nodes each line with its node."
                            + " Ctrl-C leaves it running, \"steward follow ID\" goes on.")
    boolean follow;

    @Parameters(paramLabel = "TARGET", arity = "1..*", description = "Node names.")
    List<String> targets = new ArrayList<>();

    SendCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        boolean shellcommand = method.equals("shellcommand");
        if (shellcommand && shell.program().isEmpty()) {
            throw new CliException(
                    Exit.USAGE,
                    "the program to run is missing: put it behind --, for example \"%s send-command %s -- uptime\""
                            .formatted(shell.self(), targets.getFirst()));
        }
        if (follow && common.format != Format.TABLE) {
            throw new CliException(
                    Exit.USAGE, "--follow prints what comes as it is: leave out -o, or --follow");
        }
        sending.follow = follow;
        return sending.send(
                shell, common, sending.message(targets, "command", method, shell.program()));
    }
}
