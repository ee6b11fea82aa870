package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Appends lines to a file of the sender and the domain: `<data>/logs/<from>/<domain>.log`. They
/// are on the disk when it returns. Thread-safe.
public final class TextLogging implements Method, AutoCloseable {
    // Not idempotent: a line that is written twice says so by the attempt of its message.
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "textlogging",
                    MessageType.EVENT,
                    "textlog",
                    "Appends lines to the log of the sender and domain",
                    "LINE...",
                    1,
                    Integer.MAX_VALUE,
                    false,
                    256,
                    null);

    private final LineLog log;

    /// Rotates at 64 MiB and keeps five rotated files.
    public TextLogging() {
        this(LineLog.MAX_BYTES, LineLog.KEEP);
    }

    TextLogging(long maxBytes, int keep) {
        this.log = new LineLog("logs", maxBytes, keep);
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) throws IOException {
        return runAll(List.of(message), context).getFirst();
    }

    /// @throws IOException if nothing could be written; if some could, the others have failed
    @Override
    public List<Outcome> runAll(List<Message> messages, MethodContext context) throws IOException {
        return outcomes(log.append(messages, context.dataFolder()));
    }

    static List<Outcome> outcomes(List<@Nullable IOException> failures) throws IOException {
        if (!failures.isEmpty() && !failures.contains(null)) {
            throw new IOException(
                    "the lines are not kept: " + failures.getFirst(), failures.getFirst());
        }
        return failures.stream()
                .map(failure ->
                        failure == null
                                ? Outcome.succeeded()
                                : Outcome.failed("the lines are not kept: " + failure))
                .toList();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
