package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Prints what messages print while they run. Ctrl-C leaves them running and says how to go on.
final class Following {
    private static final Duration FIRST_LOOK = Duration.ofMillis(700);
    private static final Duration LOOK = Duration.ofSeconds(20);

    /// More would need as many connections to the agent.
    private static final int MOST = 64;

    private final Shell shell;
    private final AgentClient agent;
    private final LiveOutput output;
    private final List<String> ids;

    /// To be called before anything is sent.
    ///
    /// @throws CliException if so many cannot be followed
    static void requireFew(int messages) {
        if (messages > MOST) {
            throw new CliException(
                    Exit.USAGE,
                    "%d messages cannot be followed at once: expected at most %d"
                            .formatted(messages, MOST));
        }
    }

    /// To be called before anything is sent.
    ///
    /// @param what follows, as it stands on the command line
    /// @throws CliException if what comes is to be printed in another way than as it is
    static void requireTable(Format format, String what) {
        if (format != Format.TABLE) {
            String given = format.name().toLowerCase(Locale.ROOT);
            throw new CliException(
                    Exit.USAGE,
                    "%s prints what comes as it is: leave out -o %s; \"status ID -o %s\" has the output once it has ended"
                            .formatted(what, given, given));
        }
    }

    Following(Shell shell, AgentClient agent, List<String> ids) {
        requireFew(ids.size());
        this.shell = shell;
        this.agent = agent;
        this.ids = List.copyOf(ids);
        this.output = new LiveOutput(shell, ids.size() > 1);
    }

    /// Prints until all have ended.
    ///
    /// @param wait null for as long as it takes
    /// @param tail whether to leave out what was printed before
    /// @return the exit code
    int follow(@Nullable Duration wait, boolean tail) {
        long start = System.nanoTime();
        Thread hint = new Thread(this::interrupted, "interrupted");
        Runtime.getRuntime().addShutdownHook(hint);
        List<Delivery> messages = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Delivery>> followed =
                    ids.stream()
                            .map(id -> threads.submit(() -> one(id, start, wait, tail)))
                            .toList();
            for (Future<Delivery> each : followed) {
                messages.add(each.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CliException known) {
                boolean isThere = known.exit() != Exit.USAGE && known.exit() != Exit.NO_MATCH;
                String advice = isThere ? "; go on with \"%s\"".formatted(again()) : "";
                throw new CliException(known.exit(), known.getMessage() + advice, known);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.FAILED, "interrupted");
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hint);
            } catch (IllegalStateException e) {
                // The program is being ended, and the hook has its turn.
            }
        }
        return Results.exitOf(messages);
    }

    private Delivery one(String id, long start, @Nullable Duration wait, boolean tail) {
        Reader reader = new Reader(id);
        if (tail) {
            reader.skip();
        }
        Delivery message = reader.next(left(start, wait, FIRST_LOOK));
        sayWhyNothingComes(message);
        while (!reader.ended && !left(start, wait, LOOK).isZero()) {
            message = reader.next(left(start, wait, LOOK));
        }
        output.end(message.node());
        conclude(message, reader.printed);
        return message;
    }

    private static Duration left(long start, @Nullable Duration wait, Duration most) {
        if (wait == null) {
            return most;
        }
        Duration left = wait.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left.compareTo(most) < 0 ? left : most;
    }

    private void sayWhyNothingComes(Delivery message) {
        if (message.state() == State.QUEUED || message.state() == State.PUBLISHED) {
            String why = message.note() == null ? "" : " (" + message.note() + ")";
            output.warn("waiting for %s to take the message%s".formatted(message.node(), why));
        }
    }

    private void conclude(Delivery message, long printed) {
        if (message.truncated()) {
            output.warn(
                    message.stdout().length + message.stderr().length < printed
                            ? "the answer was cut; this is all the node keeps of the output"
                            : "the output was cut: the node keeps only so much of it"
                                    + " (run.outputCap)");
        }
        State state = message.state();
        if (!state.isEnd()) {
            output.warn("%s has not ended: %s".formatted(message.node(), message.outcome()));
            output.warn("it goes on; follow: %s".formatted(again()));
        } else if (state != State.SUCCEEDED
                && !(ids.size() == 1 && message.exitCode().orElse(0) > 0)) {
            output.warn("%s: %s".formatted(message.node(), message.outcome()));
        }
    }

    private String again() {
        return shell.self() + " follow " + String.join(" ", ids);
    }

    private void interrupted() {
        shell.out().flush();
        shell.err().println();
        shell.warn(
                ids.size() == 1
                        ? "the message goes on without you"
                        : "the " + ids.size() + " messages go on without you");
        shell.warn("follow: " + again());
        shell.warn("cancel: %s cancel %s".formatted(shell.self(), String.join(" ", ids)));
        shell.err().flush();
    }

    /// Reads what one message prints. For one thread.
    private final class Reader {
        private final String id;
        private long after;
        private int attempt;
        private long printed;
        private boolean ended;

        Reader(String id) {
            this.id = id;
        }

        void skip() {
            JsonNode answer = ask(Duration.ZERO);
            while (!answer.path("pieces").isEmpty()) {
                after = answer.path("next").asLong();
                answer = ask(Duration.ZERO);
            }
        }

        /// Prints what comes next, if it comes in time.
        Delivery next(Duration wait) {
            JsonNode answer = ask(wait);
            Delivery message = new Delivery(answer.path("message"));
            answer.path("pieces").forEach(piece -> print(message.node(), piece));
            after = answer.path("next").asLong();
            ended = answer.path("ended").asBoolean();
            return message;
        }

        private JsonNode ask(Duration wait) {
            return agent.get(
                            "/v1/messages/%s/output?after=%d&wait=%dms"
                                    .formatted(AgentClient.encode(id), after, wait.toMillis()),
                            wait)
                    .json();
        }

        private void print(String node, JsonNode piece) {
            int now = piece.path("attempt").asInt();
            if (attempt != 0 && now != attempt) {
                output.end(node);
                output.warn("%s: started again, attempt %d".formatted(node, now));
                printed = 0;
            }
            attempt = now;
            byte[] bytes =
                    piece.has("base64")
                            ? Base64.getDecoder().decode(piece.path("base64").asText())
                            : piece.path("text").asText().getBytes(StandardCharsets.UTF_8);
            printed += bytes.length;
            output.print(node, piece.path("stream").asText().equals("stderr"), bytes);
        }
    }
}
