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

    @Parameters(
            index = "0",
            paramLabel = "TARGET",
            description = "Node names, with commas between them.")
    String targets = "";

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
        return sending.send(shell, common, sending.message(List.of(targets), "event", method, all));
    }
}
