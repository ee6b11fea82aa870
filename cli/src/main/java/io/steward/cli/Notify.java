package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "notify",
        description = {
            "Tells all nodes something, or those of a target, also those that are away and come"
                    + " back within seven days; \"subscribe\" shows it there. Nothing is run, and"
                    + " nobody answers.",
            "",
            "  steward notify weather storm from the west",
            "  steward notify backup begin --cloud eu --tag db"
        })
final class Notify implements Callable<Integer> {
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Shell shell;
    @Mixin Common common = new Common();
    @Mixin TargetOptions targets = new TargetOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "1 to 64 of A-Z a-z 0-9 _ -")
    String topic = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "TEXT",
            description = "What to tell, in one or more words; behind -- also words like --all.")
    List<String> words = new ArrayList<>();

    Notify(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = common.agent(shell);
        Meant meant = targets.isEmpty() ? new Meant("", null, false) : targets.meant(shell, false);
        ObjectNode notice = Json.object().put("topic", topic);
        ArrayNode data = notice.putArray("data");
        words.forEach(data::add);
        shell.program().forEach(data::add);
        meant.addTo(notice);
        JsonNode answer = agent.post("/v1/broadcasts", notice, WAIT);
        if (common.format == Format.RAW) {
            shell.say(answer.path("id").asText());
        } else if (!Documents.print(shell, common.format, answer)) {
            shell.say(
                    "%s  to %s"
                            .formatted(
                                    answer.path("id").asText(),
                                    targets.isEmpty() ? "all nodes" : meant.text()));
        }
        return Exit.OK;
    }
}
