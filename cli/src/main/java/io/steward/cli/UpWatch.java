package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What `steward up` tells of the first messages: that they were sent, for whom they wait and how
/// to start that node, and what came of them. After some it falls silent.
final class UpWatch implements AutoCloseable {
    private static final int MOST_TOLD = 20;
    private static final int LINES_SHOWN = 20;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Shell shell;
    private final AgentClient agent;
    private final JsonNode status;
    private final String node;
    private final Set<String> told = new HashSet<>();
    private final Set<String> missing = new HashSet<>();
    private final Thread thread = Thread.ofVirtual().name("up-watch").unstarted(this::watch);
    private final UpNote note;
    private final CountDownLatch closing = new CountDownLatch(1);

    private UpWatch(Shell shell, AgentClient agent, JsonNode status) {
        this.shell = shell;
        this.agent = agent;
        this.status = status;
        this.node = status.path("node").asText();
        this.note = new UpNote(shell, status);
    }

    /// @param status of the agent when it was ready
    static UpWatch start(Shell shell, AgentClient agent, JsonNode status) {
        UpWatch watch = new UpWatch(shell, agent, status);
        watch.thread.start();
        return watch;
    }

    /// The command that starts another node at the same broker. The password of an embedded broker
    /// is read from its file, so that it is in no list of processes.
    static String agentCommand(String self, String node, JsonNode status) {
        JsonNode broker = status.path("broker");
        String rest =
                "agent --node %s --central %s".formatted(node, status.path("central").asText());
        return broker.has("urlFile")
                ? "STEWARD_BROKER=$(cat %s) %s %s"
                        .formatted(broker.path("urlFile").asText(), self, rest)
                : "%s %s --broker %s"
                        .formatted(self, rest, broker.path("url").asText("nats://127.0.0.1:4222"));
    }

    private void watch() {
        try {
            watchMessages();
            if (!isClosing()) {
                shell.say("from now on see \"%s log -f\"".formatted(shell.self()));
            }
        } catch (CliException e) {
            if (!isClosing()) {
                shell.warn("cannot watch any more: " + e.getMessage());
            }
        }
        try {
            do {
                note.look();
            } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watchMessages() {
        String from = AgentClient.encode(status.path("startedAt").asText());
        AgentClient.Answer last = agent.get("/v1/processed?last=1", Duration.ZERO);
        String next = last.next() == null ? "0" : last.next();
        while (!isClosing() && told.size() < MOST_TOLD) {
            note.look();
            sent(agent.get("/v1/messages?direction=sent&limit=20&from=" + from));
            AgentClient.Answer ended =
                    agent.get(
                            "/v1/processed?after=%s&wait=%ds".formatted(next, LOOK.toSeconds()),
                            LOOK);
            next = ended.next() == null ? next : ended.next();
            // Again: what has ended by now may have been sent since the look above.
            sent(agent.get("/v1/messages?direction=sent&limit=20&from=" + from));
            ended.body().lines().forEach(line -> ended(Json.read(line)));
            waiting(agent.get("/v1/status").path("waiting"));
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void sent(JsonNode page) {
        List<JsonNode> newest = new java.util.ArrayList<>();
        page.path("messages").forEach(newest::addFirst);
        for (JsonNode json : newest) {
            Delivery message = new Delivery(json);
            if (!message.method().equals("ack")
                    && !Filters.isOfAgents(message.method())
                    && told.add(message.id())) {
                shell.say(
                        "sent to %s: %s %s  %s"
                                .formatted(
                                        message.node(),
                                        message.method(),
                                        Lines.data(message.message()),
                                        message.id()));
            }
        }
    }

    private void ended(JsonNode line) {
        String id = line.path("message").path("id").asText();
        if (!line.path("direction").asText().equals("sent") || !told.contains(id)) {
            return;
        }
        shell.say(Lines.processed(line));
        Delivery message = new Delivery(line);
        for (byte[] output : List.of(message.stdout(), message.stderr())) {
            new String(output, StandardCharsets.UTF_8)
                    .lines()
                    .limit(LINES_SHOWN)
                    .forEach(text -> shell.say("  " + text));
        }
    }

    private void waiting(JsonNode waiting) {
        for (JsonNode one : waiting) {
            String receiver = one.path("node").asText();
            if (one.path("state").asText().equals("queued")
                    && !receiver.equals(node)
                    && one.hasNonNull("note")
                    && missing.add(receiver)) {
                shell.say(
                        "%d for %s cannot go out: %s"
                                .formatted(
                                        one.path("count").asLong(),
                                        receiver,
                                        one.path("note").asText()));
                shell.say(
                        "it is kept until %s comes. To start that node, in another terminal:"
                                .formatted(receiver));
                shell.say("  " + agentCommand(shell.self(), receiver, status));
            }
        }
    }

    /// Returns when it has ended, which is within a look.
    @Override
    public void close() {
        closing.countDown();
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
