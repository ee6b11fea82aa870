package io.steward.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "send-event",
        description = {
            "Tells nodes that something happened.",
            "",
            "  steward send-event central textlogging \"deployed 1.4 to ship1\" --domain deploys",
            "  steward send-event central,ship1 textlogging -- --data that begins with a dash"
        })
final class SendEvent implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Sending sending = new Sending();
    @Mixin TargetOptions targets = new TargetOptions();
    @Mixin PlanOptions plan = new PlanOptions();

    @Parameters(
            index = "0",
            paramLabel = "TARGET",
            description =
                    "Node names and globs, with commas between them; - reads names from standard"
                            + " input, * is all.")
    String words = "";

    @Parameters(index = "1", paramLabel = "METHOD", description = "textlogging, for example.")
    String method = "";

    @Parameters(index = "2..*", arity = "0..*", paramLabel = "DATA", description = "Its data.")
    List<String> data = new ArrayList<>();

    SendEvent(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        List<String> all = new ArrayList<>(data);
        all.addAll(shell.program());
        targets.words = List.of(words);
        return sending.send(shell, common, targets, plan, "event", method, all);
    }
}
