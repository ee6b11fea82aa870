package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// How the queue of a node looks.
final class QueueView {
    private final Shell shell;
    private final Format format;

    QueueView(Shell shell, Format format) {
        this.shell = shell;
        this.format = format;
    }

    void print(JsonNode queue) {
        if (format == Format.JSONL) {
            lines(queue);
            return;
        }
        if (Documents.print(shell, format, queue, "messages")) {
            return;
        }
        String node = queue.path("node").asText();
        if (queue.has("queued")) {
            own(node, queue);
        }
        if (queue.has("mailbox")) {
            mailbox(node, queue.path("mailbox"));
        }
    }

    /// Both lists, one message a line.
    private void lines(JsonNode queue) {
        queue.path("messages").forEach(message -> shell.json(message));
        for (JsonNode message : queue.path("mailbox").path("messages")) {
            shell.json(((ObjectNode) message.deepCopy()).put("direction", "other"));
        }
    }

    private void own(String node, JsonNode queue) {
        long queued = queue.path("queued").asLong();
        long published = queue.path("published").asLong();
        if (queued + published == 0) {
            shell.say("nothing that was sent from here waits for " + node);
            return;
        }
        shell.say(
                "%d sent from here: %d queued, %d in the mailbox; the oldest since %s, the next expires %s"
                        .formatted(
                                queued + published,
                                queued,
                                published,
                                Times.since(queue.path("oldest").asText()),
                                Times.near(queue.path("nextExpiry").asText())));
        Table table = new Table("created", "id", "state", "expires", "method", "data");
        for (JsonNode json : queue.path("messages")) {
            Delivery message = new Delivery(json);
            table.row(
                    Times.near(message.message().path("createdAt").asText()),
                    message.id(),
                    message.state().word(),
                    Times.near(message.message().path("expiresAt").asText()),
                    message.method(),
                    Lines.shortened(Lines.data(message.message())));
        }
        table.print(shell);
        more(queued + published - queue.path("messages").size());
        for (JsonNode json : queue.path("messages")) {
            if (json.hasNonNull("note")) {
                shell.say("queued because: " + json.path("note").asText());
                return;
            }
        }
    }

    private void more(long left) {
        if (left > 0) {
            shell.say("... and %d more; --limit shows them".formatted(left));
        }
    }

    private void mailbox(String node, JsonNode mailbox) {
        if (mailbox.has("problem")) {
            shell.warn("what others sent is not known: " + mailbox.path("problem").asText());
            return;
        }
        if (!mailbox.path("exists").asBoolean()) {
            shell.say("%s has no mailbox: it has never joined".formatted(node));
            return;
        }
        JsonNode messages = mailbox.path("messages");
        boolean more = mailbox.path("more").asBoolean();
        if (messages.isEmpty()) {
            shell.say(
                    more
                            ? "nothing of others among the oldest %d of %d in the mailbox; --limit looks at more"
                                    .formatted(
                                            mailbox.path("looked").asLong(),
                                            mailbox.path("count").asLong())
                            : "nothing of others in the mailbox");
            return;
        }
        shell.say("of others in the mailbox:");
        Table table = new Table("stored", "id", "from", "expires", "method", "data");
        for (JsonNode json : messages) {
            JsonNode envelope = json.path("message");
            boolean readable = json.has("message");
            table.row(
                    Times.near(json.path("storedAt").asText()),
                    readable ? json.path("id").asText() : "(not readable)",
                    json.path("from").asText(),
                    readable ? Times.near(envelope.path("expiresAt").asText()) : "",
                    readable ? envelope.path("method").asText() : json.path("subject").asText(),
                    Lines.shortened(Lines.data(envelope)));
        }
        table.print(shell);
        if (more) {
            shell.say(
                    "... %d messages are in the mailbox in all; --limit shows more"
                            .formatted(mailbox.path("count").asLong()));
        }
    }

    void wouldRemove(JsonNode look) {
        shell.err().println(summary(look, true));
    }

    void purged(JsonNode purged, boolean dryRun) {
        shell.say(summary(purged, dryRun));
        for (JsonNode id : purged.path("unknown")) {
            shell.warn(
                    "%s is not known: it was not sent from here to %s%s"
                            .formatted(
                                    id.asText(),
                                    purged.path("node").asText(),
                                    ", and was not looked for elsewhere unless --from or"
                                            + " --all-senders said so"));
        }
        if (purged.path("asked").asInt() > 0 && !dryRun) {
            shell.say(
                    "the node ends what it was asked to when it gets there; \"%s status ID\" tells"
                            .formatted(shell.self()));
        }
        if (purged.path("more").asBoolean()) {
            shell.say("there are more than one call handles: call it again");
        }
    }

    private static String summary(JsonNode purged, boolean dryRun) {
        int tooLate = purged.path("tooLate").asInt();
        List<String> parts = new ArrayList<>();
        if (dryRun) {
            parts.add(
                    "%d sent from here would be cancelled"
                            .formatted(purged.path("matched").asInt() - tooLate));
        } else {
            parts.add(purged.path("cancelled").asInt() + " cancelled");
            if (purged.path("asked").asInt() > 0) {
                parts.add(
                        "%d already handed to %s, which has been asked to cancel them"
                                .formatted(
                                        purged.path("asked").asInt(),
                                        purged.path("node").asText()));
            }
        }
        if (tooLate > 0) {
            parts.add(tooLate + " too late, they had ended");
        }
        for (var other : purged.path("others").properties()) {
            parts.add(
                    "%d of %s, which %s asked to cancel them"
                            .formatted(
                                    other.getValue().asInt(),
                                    other.getKey(),
                                    dryRun ? "would be" : "has been"));
        }
        boolean nothing = purged.path("matched").asInt() == 0 && purged.path("others").isEmpty();
        return String.join("; ", parts)
                + (nothing
                        ? ": nothing that was asked for waits for " + purged.path("node").asText()
                        : "");
    }
}
