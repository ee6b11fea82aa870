package io.steward.agent.method;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;

/// Keeps the error report of a node as a line of `<data>/errors.jsonl`: an object with `node` (the
/// sender), `receivedAt`, `id` (the message's) and `report`. It is on the disk when it returns.
/// Thread-safe.
public final class ErrorLog implements Method, AutoCloseable {
    /// The file's name in the data folder; `errors.jsonl.1` is the newest rotated one.
    public static final String FILE = "errors.jsonl";

    private static final MethodSpec SPEC =
            new MethodSpec(
                    "errorlog",
                    MessageType.EVENT,
                    "errors",
                    "Keeps an error report of the sender",
                    "REPORT",
                    1,
                    1,
                    true,
                    1,
                    null);

    private final AppendedFiles files;

    /// Rotates at 16 MiB and keeps five rotated files.
    public ErrorLog() {
        this(16L << 20, 5);
    }

    ErrorLog(long maxBytes, int keep) {
        this.files = new AppendedFiles(maxBytes, keep);
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) throws IOException {
        ObjectNode report = Json.object(message.data().getFirst());
        if (report == null) {
            return new Outcome.Refused("data: the report is not a JSON object");
        }
        ObjectNode line = Json.MAPPER.createObjectNode();
        line.put("node", message.from().value());
        line.put("receivedAt", context.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("id", message.id().value());
        line.set("report", report);
        files.append(
                context.dataFolder().resolve(FILE),
                (Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        return Outcome.succeeded();
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
