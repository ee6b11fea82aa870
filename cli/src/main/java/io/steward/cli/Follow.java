package io.steward.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "follow",
        description = {
            "Prints what messages print, from the start and as it comes, until they have ended; the"
                    + " exit codes are those of send-command.",
            "",
            "  steward follow 01M7X7X52M57NDPDAT9498W8QD",
            "",
            "Of a message that was not sent with --follow the output comes at its end."
        })
final class Follow implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(names = "--tail", description = "Leave out what was printed before.")
    boolean tail;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long to follow (end: until every message has ended).")
    String wait = "end";

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Message ids.")
    List<String> ids = new ArrayList<>();

    Follow(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Following.requireTable(common.format, "follow");
        Sending sending = new Sending();
        sending.wait = wait;
        AgentClient agent = common.agent(shell);
        return new Following(shell, agent, ids).follow(sending.patience(), tail);
    }
}
