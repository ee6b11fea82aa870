package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs over many nodes: begins one, waits for it, prints what became of every target. Ctrl-C
/// leaves it running and says how to go on.
final class Runs {
    private static final Duration LOOK = Duration.ofSeconds(1);

    /// A run that takes so long is named.
    private static final Duration LONG = Duration.ofSeconds(10);

    /// So long an agent that does not answer any more is tried again.
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Shell shell;
    private final AgentClient agent;
    private final Format format;
    private final Progress progress;
    private final Retry retry = new Retry(AGAIN, System::nanoTime, Thread::sleep);
    private String held = "";
    private final BitSet printed = new BitSet();
    private int ends;
    private boolean isKnown;
    private boolean isNamed;

    Runs(Shell shell, AgentClient agent, Format format) {
        this.shell = shell;
        this.agent = agent;
        this.format = format;
        this.progress = new Progress(shell);
    }

    /// @param body as `POST /v1/runs` has it
    /// @return the id
    String begin(ObjectNode body) {
        JsonNode begun = agent.post("/v1/runs", body, Duration.ofSeconds(30));
        warnOfMaintenance(shell, begun);
        warnOfUnknown(shell, begun, whatBecomesOfUnknown(body));
        isKnown = true;
        return begun.path("id").asText();
    }

    private static String whatBecomesOfUnknown(ObjectNode body) {
        JsonNode plan = body.path("plan");
        boolean areSent = body.has("nodes") || !body.has("target");
        if (!areSent || plan.path("onlyUp").asBoolean()) {
            return "nothing is sent there";
        }
        return plan.has("canary")
                ? "nothing is sent there before a target that is up has been the canary"
                : "the message waits until a node of that name joins, or it expires";
    }

    /// Prints which run goes on by itself.
    ///
    /// @return the exit code
    static int detached(Shell shell, Common common, String id) {
        if (!Documents.print(shell, common.format, Json.object().put("run", id))) {
            shell.out().println(id);
        }
        return Exit.OK;
    }

    /// Says who was left out because somebody works at it.
    static void warnOfMaintenance(Shell shell, JsonNode answer) {
        List<String> names = names(answer.path("inMaintenance"));
        if (!names.isEmpty()) {
            shell.warn("left out, in maintenance: " + Results.names(names, 8));
        }
    }

    /// Says which of the names that were written out may be mistyped.
    ///
    /// @param then what becomes of them
    static void warnOfUnknown(Shell shell, JsonNode answer, String then) {
        List<String> names = names(answer.path("unknown"));
        if (!names.isEmpty()) {
            shell.warn("nobody has heard of %s: %s".formatted(Results.names(names, 8), then));
        }
    }

    private static List<String> names(JsonNode array) {
        List<String> names = new ArrayList<>();
        array.forEach(node -> names.add(node.asText()));
        return names;
    }

    /// Waits until nothing more will happen as long as the nodes that are away stay away, or the
    /// time is over, and prints what became of every target.
    ///
    /// @param wait null for as long as it takes
    /// @return the exit code
    int finish(String id, @Nullable Duration wait) {
        long start = System.nanoTime();
        Thread hint = new Thread(() -> interrupted(id), "interrupted");
        Runtime.getRuntime().addShutdownHook(hint);
        try {
            return report(await(id, start, wait));
        } catch (CliException e) {
            if (e.exit() != Exit.NO_AGENT || !isKnown) {
                throw e;
            }
            throw new CliException(
                    e.exit(),
                    "%s; the run goes on when that agent is back; watch: %s run watch %s"
                            .formatted(e.getMessage(), shell.self(), id),
                    e);
        } finally {
            progress.clear();
            try {
                Runtime.getRuntime().removeShutdownHook(hint);
            } catch (IllegalStateException e) {
                // The program is being ended, and the hook has its turn.
            }
        }
    }

    private JsonNode await(String id, long start, @Nullable Duration wait) {
        Duration look = Duration.ofMillis(300);
        while (true) {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
            Duration left = wait == null ? look : wait.minus(elapsed);
            left = left.isNegative() ? Duration.ZERO : left.compareTo(look) < 0 ? left : look;
            JsonNode run = show(id, left);
            if (format == Format.JSONL) {
                ends(id);
            }
            elapsed = Duration.ofNanos(System.nanoTime() - start);
            progress.run(run, elapsed);
            sayWhatHolds(run);
            if (!run.path("settled").asBoolean()) {
                sayWhichRun(id, elapsed);
            }
            if (run.path("settled").asBoolean() || (wait != null && elapsed.compareTo(wait) >= 0)) {
                return run;
            }
            look = LOOK;
        }
    }

    /// Once, where a person sees it or it takes long: it may be needed when this program dies.
    private void sayWhichRun(String id, Duration elapsed) {
        if (!isNamed && (shell.errIsTerminal() || elapsed.compareTo(LONG) >= 0)) {
            isNamed = true;
            progress.clear();
            shell.warn("run %s; watch: %s run watch %s".formatted(id, shell.self(), id));
        }
    }

    /// Why nothing has been sent at all, once.
    private void sayWhatHolds(JsonNode run) {
        boolean nothingSent =
                run.path("counts").path("unsent").asInt() == run.path("targets").asInt();
        String why = run.path("waits").asText();
        if (nothingSent && !why.isEmpty() && !why.equals(held)) {
            held = why;
            progress.clear();
            shell.warn(
                    "nothing is sent yet: %s; it goes on by itself; stop: %s run abort %s"
                            .formatted(why, shell.self(), run.path("id").asText()));
        }
    }

    JsonNode show(String id, Duration wait) {
        return get(
                "/v1/runs/%s?wait=%dms".formatted(AgentClient.encode(id), wait.toMillis()), wait);
    }

    /// Tries again for a while where the agent has answered before: it may be starting again.
    private JsonNode get(String path, Duration wait) {
        JsonNode answer =
                isKnown
                        ? retry.call(
                                () -> agent.get(path, wait).json(),
                                e -> {
                                    progress.clear();
                                    shell.warn(
                                            "%s Trying again for %s"
                                                    .formatted(
                                                            e.getMessage(),
                                                            Durations.format(AGAIN)));
                                })
                        : agent.get(path, wait).json();
        isKnown = true;
        return answer;
    }

    /// Every target with its result, in the order of the run.
    private List<JsonNode> targets(String id, String filter) {
        List<JsonNode> all = new ArrayList<>();
        read(id, "targets?results=true&limit=5000" + filter, -1, all::add);
        return all;
    }

    /// Reads page after page.
    ///
    /// @param after continue behind this one
    /// @return what to continue behind the next time
    private int read(String id, String list, int after, Consumer<JsonNode> each) {
        int next = after;
        JsonNode page;
        do {
            page =
                    get(
                            "/v1/runs/%s/%s&after=%d".formatted(AgentClient.encode(id), list, next),
                            Duration.ZERO);
            page.path("targets").forEach(each);
            next = page.path("next").asInt();
        } while (page.path("more").asBoolean());
        return next;
    }

    /// Prints those that have ended since the last time, a line each.
    private void ends(String id) {
        ends = read(id, "ends?results=true&limit=1000", ends, this::line);
        shell.out().flush();
    }

    /// Each once, also one that ends while those are read that have not.
    private void line(JsonNode target) {
        int place = target.path("place").asInt();
        if (!printed.get(place)) {
            printed.set(place);
            shell.json(target);
        }
    }

    /// Prints what became of every target, of which a line may have been printed when it ended.
    ///
    /// @return the exit code
    int report(JsonNode run) {
        String id = run.path("id").asText();
        if (format == Format.JSONL) {
            ends(id);
            targets(id, "&open=true").forEach(this::line);
            ends(id);
            return exit(run);
        }
        List<Answer> answers = targets(id, "").stream().map(Answer::ofTarget).toList();
        int exit = new Results(shell, format).printRun(run, answers, length(run));
        if (format == Format.TABLE) {
            advise(run);
        }
        return exit;
    }

    private static Duration length(JsonNode run) {
        Instant from = Instant.parse(run.path("created").asText());
        Instant to =
                run.hasNonNull("ended") ? Instant.parse(run.path("ended").asText()) : Instant.now();
        return Duration.between(from, to);
    }

    /// From the counts.
    private static int exit(JsonNode run) {
        List<Answer> ends = new ArrayList<>();
        run.path("counts")
                .properties()
                .forEach(count -> {
                    if (count.getValue().asInt() > 0) {
                        String state =
                                switch (count.getKey()) {
                                    case "leftOut" -> "left-out";
                                    case "away", "unknown" -> "published";
                                    case "lapsed" -> "expired";
                                    default -> count.getKey();
                                };
                        ends.add(Answer.ofTarget(Json.object().put("state", state)));
                    }
                });
        return Results.exit(ends);
    }

    /// What is still to come, or could be done.
    private void advise(JsonNode run) {
        String id = run.path("id").asText();
        JsonNode counts = run.path("counts");
        String phase = run.path("phase").asText();
        if (phase.equals("stopped") || phase.equals("aborted")) {
            String reason =
                    run.hasNonNull("reason") ? run.path("reason").asText() : "no more is sent";
            shell.warn("the run was %s: %s".formatted(phase, reason));
            adviseToCancel(shell, run);
        }
        if (phase.equals("running") || phase.equals("paused")) {
            shell.warn(
                    "the run is %s%s; watch: %s run watch %s"
                            .formatted(
                                    phase,
                                    run.hasNonNull("waits")
                                            ? ": " + run.path("waits").asText()
                                            : "",
                                    shell.self(),
                                    id));
            return;
        }
        int away = counts.path("away").asInt();
        if (away > 0) {
            shell.warn(
                    "%s: away, the message waits and is run when the node is back; watch: %s run watch %s"
                            .formatted(
                                    Results.names(names(run.path("away")), 5), shell.self(), id));
        }
        int lapsed = counts.path("lapsed").asInt();
        if (lapsed > 0) {
            shell.warn(
                    "%s: not answered, and too late to be run now; whether it was run in time is known when the node is back"
                            .formatted(Results.names(names(run.path("lapsed")), 5)));
        }
        if (counts.path("unknown").asInt() > 0) {
            List<String> names = names(run.path("unknown"));
            shell.warn(
                    "%s: nobody has heard of it; if that is mistyped, take the message back: %s queue purge %s --all"
                            .formatted(Results.names(names, 5), shell.self(), names.getFirst()));
        }
        boolean left =
                counts.path("failed").asInt()
                                + counts.path("interrupted").asInt()
                                + counts.path("refused").asInt()
                                + counts.path("unsent").asInt()
                                + lapsed
                        > 0;
        if (left) {
            shell.warn("once more: %s run again %s --failed --missing".formatted(shell.self(), id));
        }
    }

    /// Says what is still to come though no more is sent, and how that is taken back.
    static void adviseToCancel(Shell shell, JsonNode run) {
        JsonNode counts = run.path("counts");
        int open = 0;
        for (String each :
                List.of("queued", "published", "received", "started", "away", "unknown")) {
            open += counts.path(each).asInt();
        }
        if (open > 0) {
            shell.warn(
                    "%s under way, and run also where the node comes back later; take back: %s run abort %s --cancel"
                            .formatted(
                                    open == 1 ? "1 message is" : open + " messages are",
                                    shell.self(),
                                    run.path("id").asText()));
        }
    }

    private void interrupted(String id) {
        progress.clear();
        shell.err().println();
        shell.warn("the run goes on without you");
        shell.warn("watch: %s run watch %s".formatted(shell.self(), id));
        shell.warn("stop:  %s run abort %s".formatted(shell.self(), id));
        shell.err().flush();
    }
}
