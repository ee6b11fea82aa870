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
            "  steward send-command 'ship*' --tag web --canary 1 --batch 10%% -- apt-get -y"
                    + " upgrade",
            "  steward send-command --where \"cloud=eu and memory.mb<2000\" --preview",
            "",
            "The arguments go to the program as they are; no shell unless you name one. With one"
                + " node its output is our output and its exit code ours; with many, equal outputs"
                + " are folded. A node that is off line runs it when it is back.",
            "",
            "Other targets than names, and --canary, --batch and so on, make it a run, which goes"
                    + " on without you: see \"steward run\"."
        })
final class SendCommand implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Sending sending = new Sending();
    @Mixin TargetOptions targets = new TargetOptions();
    @Mixin PlanOptions plan = new PlanOptions();

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

    @Parameters(paramLabel = "TARGET", arity = "0..*", description = TargetOptions.TARGET)
    List<String> words = new ArrayList<>();

    SendCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        targets.words = words;
        if (!sending.preview && method.equals("shellcommand") && shell.program().isEmpty()) {
            throw new CliException(
                    Exit.USAGE,
                    "the program to run is missing: put it behind --, for example \"%s send-command %s -- uptime\""
                            .formatted(shell.self(), words.isEmpty() ? "--all" : words.getFirst()));
        }
        if (follow) {
            Following.requireTable(common.format, "--follow");
        }
        sending.follow = follow;
        return sending.send(shell, common, targets, plan, "command", method, shell.program());
    }
}
