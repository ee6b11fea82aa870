package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waits for messages to end. Ctrl-C leaves them running and says how to watch or cancel them.
final class Waiter {
    private static final Duration FIRST_LOOK = Duration.ofMillis(700);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int MOST_IDS = 10_000;

    private final Shell shell;
    private final AgentClient agent;
    private final Progress progress;

    Waiter(Shell shell, AgentClient agent) {
        this.shell = shell;
        this.agent = agent;
        this.progress = new Progress(shell);
    }

    /// @param wait null for as long as it takes
    /// @param ended called for each message as it ends
    /// @return every message as it is then, in the order of `ids`
    List<Delivery> await(List<String> ids, @Nullable Duration wait, Consumer<Delivery> ended) {
        Map<String, Delivery> known = new LinkedHashMap<>();
        Set<String> open = new LinkedHashSet<>(ids);
        long start = System.nanoTime();
        Thread hint = new Thread(() -> interrupted(ids), "interrupted");
        Runtime.getRuntime().addShutdownHook(hint);
        try {
            Duration look = FIRST_LOOK;
            boolean first = true;
            while (!open.isEmpty()) {
                Duration left = left(start, wait);
                for (Delivery message : look(open, left.compareTo(look) < 0 ? left : look)) {
                    known.put(message.id(), message);
                    if (message.state().isEnd()) {
                        open.remove(message.id());
                        ended.accept(message);
                    }
                }
                progress.show(
                        ids.size(), known.values(), Duration.ofNanos(System.nanoTime() - start));
                if (first && known.keySet().containsAll(open)) {
                    first = false; // it looked at all that are open, and none of them has ended
                    notes(open, known);
                }
                look = LOOK;
                if (left(start, wait).isZero()) {
                    break;
                }
            }
        } finally {
            progress.clear();
            try {
                Runtime.getRuntime().removeShutdownHook(hint);
            } catch (IllegalStateException e) {
                // The program is being ended, and the hook has its turn.
            }
        }
        return ids.stream().map(known::get).toList();
    }

    private static Duration left(long start, @Nullable Duration wait) {
        if (wait == null) {
            return Duration.ofDays(1);
        }
        Duration left = wait.minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private List<Delivery> look(Collection<String> all, Duration wait) {
        List<String> open = List.copyOf(all);
        List<Delivery> found = new ArrayList<>();
        for (int from = 0; from < open.size(); from += MOST_IDS) {
            ObjectNode body = Json.object();
            ArrayNode array = body.putArray("ids");
            open.subList(from, Math.min(open.size(), from + MOST_IDS)).forEach(array::add);
            JsonNode answer =
                    agent.post("/v1/messages/outcomes?wait=" + wait.toMillis() + "ms", body, wait);
            answer.path("messages").forEach(message -> found.add(new Delivery(message)));
        }
        return found;
    }

    /// Says at once what will not go by itself: a node that has no mailbox, a broker that is away.
    private void notes(Collection<String> open, Map<String, Delivery> known) {
        Map<String, List<String>> nodes = new LinkedHashMap<>();
        for (String id : open) {
            Delivery message = known.get(id);
            if (message != null && message.note() != null) {
                nodes.computeIfAbsent(message.note(), n -> new ArrayList<>()).add(message.node());
            }
        }
        nodes.forEach((note, who) ->
                shell.warn("%s: still waiting: %s".formatted(Results.names(who, 5), note)));
    }

    private void interrupted(List<String> ids) {
        progress.clear();
        String which = ids.size() == 1 ? ids.getFirst() : ids.getFirst() + " ...";
        shell.err().println();
        shell.warn(
                ids.size() == 1
                        ? "the message goes on without you"
                        : "the " + ids.size() + " messages go on without you");
        shell.warn("watch:  %s status %s".formatted(shell.self(), which));
        shell.warn("cancel: %s cancel %s".formatted(shell.self(), which));
        shell.err().flush();
    }
}
