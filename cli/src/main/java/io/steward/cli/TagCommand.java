package io.steward.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tag",
        description = {
            "Gives nodes tags, takes them away, or puts nodes into a cloud; a node that is off line"
                    + " gets the change when it is back.",
            "",
            "  steward tag ship1,ship2 --add web --remove test --set-cloud eu"
        })
final class TagCommand implements Callable<Integer> {
    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin Sending sending = new Sending();
    @Mixin TargetOptions targets = new TargetOptions();
    @Mixin PlanOptions plan = new PlanOptions();

    @Parameters(paramLabel = "TARGET", arity = "0..*", description = TargetOptions.TARGET)
    List<String> words = new ArrayList<>();

    @Option(names = "--add", paramLabel = "TAG", description = "Give them this tag; repeatable.")
    List<String> add = new ArrayList<>();

    @Option(names = "--remove", paramLabel = "TAG", description = "Take it away; repeatable.")
    List<String> remove = new ArrayList<>();

    @Option(names = "--set-cloud", paramLabel = "NAME", description = "Put them into this cloud.")
    @Nullable String cloud;

    @Option(names = "--no-cloud", description = "Take them out of their cloud.")
    boolean noCloud;

    TagCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        targets.words = words;
        List<String> changes = new ArrayList<>();
        add.forEach(tag -> changes.add("+" + tag));
        remove.forEach(tag -> changes.add("-" + tag));
        if (cloud != null) {
            changes.add("cloud=" + cloud);
        } else if (noCloud) {
            changes.add("cloud=");
        }
        if (changes.isEmpty() && !sending.preview) {
            throw new CliException(
                    Exit.USAGE,
                    "what to change is missing: give --add, --remove, --set-cloud or --no-cloud");
        }
        return sending.send(shell, common, targets, plan, "command", "tag", changes);
    }
}
