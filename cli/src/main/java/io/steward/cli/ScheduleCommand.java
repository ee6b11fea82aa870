package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "schedule",
        description = {
            "Shows, pauses and removes schedules: messages that an agent sends again and again."
                    + " send-command and send-event make them, with --cron or --every.",
            "",
            "  steward send-command ship1 --cron \"0 3 * * 1-5\" --zone Europe/Oslo"
                    + " --schedule-name night -- apt-get -y upgrade",
            "  steward schedule list",
            "  steward schedule pause night"
        },
        subcommands = {
            ScheduleCommand.ListSchedules.class,
            ScheduleCommand.Show.class,
            ScheduleCommand.Pause.class,
            ScheduleCommand.Resume.class,
            ScheduleCommand.Remove.class
        })
final class ScheduleCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    private final Shell shell;

    ScheduleCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do with a schedule is missing: expected list, show, pause, resume or remove; see \"%s schedule --help\""
                        .formatted(shell.self()));
    }

    /// Prints which schedules a message became.
    ///
    /// @param answer of `POST /v1/messages`
    static void accepted(Shell shell, Common common, JsonNode answer) {
        if (Documents.print(shell, common.format, answer, "schedules")) {
            return;
        }
        for (JsonNode schedule : answer.path("schedules")) {
            String name = schedule.path("name").asText();
            boolean paused = schedule.path("state").asText().equals("paused");
            shell.say(
                    paused
                            ? "%s: is there already, and paused; to go on: %s schedule resume %s"
                                    .formatted(name, shell.self(), name)
                            : "%s: next %s".formatted(name, next(schedule)));
        }
    }

    private static String next(JsonNode schedule) {
        return schedule.has("next") ? Times.near(schedule.path("next").asText()) : "never";
    }

    /// What the commands for one schedule have in common.
    abstract static class OfSchedule extends OfOne {
        @Parameters(paramLabel = "NAME", description = "The schedule.")
        String name = "";

        OfSchedule(Shell shell) {
            super(shell);
        }

        @Override
        final String path() {
            return "/v1/schedules/" + AgentClient.encode(name);
        }

        @Override
        final void say(JsonNode schedule) {
            boolean active = schedule.path("state").asText().equals("active");
            shell.say(
                    "%s is %s%s"
                            .formatted(
                                    schedule.path("name").asText(),
                                    schedule.path("state").asText(),
                                    active ? ", next " + next(schedule) : ""));
        }
    }

    @Command(name = "list", description = "The schedules of an agent.")
    static final class ListSchedules implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        ListSchedules(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            ObjectNode all = read(common.agent(shell));
            if (Documents.print(shell, common.format, all, "schedules")) {
                return Exit.OK;
            }
            Table table =
                    new Table("name", "state", "when", "next", "last", "fired", "skipped", "what");
            for (JsonNode schedule : all.path("schedules")) {
                table.row(
                        schedule.path("name").asText(),
                        schedule.path("state").asText(),
                        rhythm(schedule.path("schedule")),
                        time(schedule, "next"),
                        time(schedule, "fired"),
                        schedule.path("firings").asText(),
                        schedule.path("skipped").asText(),
                        Lines.shortened(what(schedule.path("message"))));
            }
            table.print(shell);
            return Exit.OK;
        }

        private static ObjectNode read(AgentClient agent) {
            ObjectNode all = Json.object();
            ArrayNode array = all.putArray("schedules");
            String after = "";
            JsonNode page;
            do {
                page =
                        agent.get(
                                "/v1/schedules?limit=%d&after=%s"
                                        .formatted(PAGE, AgentClient.encode(after)));
                for (JsonNode schedule : page.path("schedules")) {
                    array.add(schedule);
                    after = schedule.path("name").asText();
                }
            } while (page.path("more").asBoolean());
            return all;
        }
    }

    @Command(name = "show", description = "One schedule: when it fires, and what it sends.")
    static final class Show extends OfSchedule {
        Show(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            JsonNode schedule = agent().get(path());
            if (Documents.print(shell, common.format, schedule)) {
                return Exit.OK;
            }
            JsonNode when = schedule.path("schedule");
            shell.say(schedule.path("name").asText() + "  " + schedule.path("state").asText());
            line("what", what(schedule.path("message")));
            line("when", rhythm(when));
            if (when.has("splay")) {
                line("splay", when.path("splay").asText());
            }
            line(
                    "missed",
                    when.path("catchUp").asText()
                            + (when.has("maxLateness")
                                    ? ", at most %s late"
                                            .formatted(when.path("maxLateness").asText())
                                    : ""));
            line("begun", time(schedule, "begun"));
            if (schedule.has("end")) {
                line("end", time(schedule, "end"));
            }
            line("next", time(schedule, "next"));
            line("last", time(schedule, "fired"));
            line("fired", schedule.path("firings").asText());
            line("skipped", schedule.path("skipped").asText());
            if (schedule.has("problem")) {
                line("problem", schedule.path("problem").asText());
            }
            line("messages", "%s history --label schedule=%s".formatted(shell.self(), name));
            return Exit.OK;
        }

        private void line(String head, String text) {
            shell.say("  %-9s %s".formatted(head, text));
        }
    }

    @Command(name = "pause", description = "It does not fire until it is resumed.")
    static final class Pause extends OfSchedule {
        Pause(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return change("pause");
        }
    }

    @Command(name = "resume", description = "It fires again; what it missed is left out.")
    static final class Resume extends OfSchedule {
        Resume(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            return change("resume");
        }
    }

    @Command(name = "remove", description = "Forgets it; what it has sent goes on.")
    static final class Remove extends OfSchedule {
        Remove(Shell shell) {
            super(shell);
        }

        @Override
        public Integer call() {
            JsonNode schedule = agent().delete(path()).json();
            if (!Documents.print(shell, common.format, schedule)) {
                shell.say(schedule.path("name").asText() + " is removed");
            }
            return Exit.OK;
        }
    }

    private static String rhythm(JsonNode schedule) {
        return schedule.has("every")
                ? "every " + schedule.path("every").asText()
                : schedule.path("cron").asText() + " " + schedule.path("zone").asText();
    }

    private static String what(JsonNode message) {
        List<String> nodes = new ArrayList<>();
        message.path("toNodes").forEach(node -> nodes.add(node.asText()));
        return "%s: %s %s"
                .formatted(
                        nodes.size() > 3
                                ? "%d nodes".formatted(nodes.size())
                                : String.join(",", nodes),
                        message.path("method").asText(),
                        Lines.data(message))
                .strip();
    }

    private static String time(JsonNode schedule, String field) {
        return schedule.has(field) ? Times.near(schedule.path(field).asText()) : "-";
    }
}
