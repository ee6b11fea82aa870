package io.steward.agent.method;

import io.steward.agent.settings.Settings.SyslogSettings;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Takes syslog messages: keeps them in `<data>/syslog/<from>/<domain>.log`, and sends them on
/// where a syslog server is set. Thread-safe.
public final class SyslogForwarding implements Method, AutoCloseable {
    // Idempotent as textlogging is.
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "syslogforwarding",
                    MessageType.EVENT,
                    "syslog",
                    "Keeps syslog messages, and sends them on to a syslog server if one is set",
                    "LINE...",
                    1,
                    Integer.MAX_VALUE,
                    true,
                    256,
                    null);

    private final LineLog log = new LineLog("syslog", LineLog.MAX_BYTES, LineLog.KEEP);
    private final @Nullable SyslogSender sender;

    /// @param tls trusts the server where it is reached by TLS
    /// @throws IllegalArgumentException if the server's URI is not one of `udp:`, `tcp:`, `tls:`
    public SyslogForwarding(SyslogSettings settings, SSLSocketFactory tls) {
        URI to = settings.forwardTo();
        this.sender = to == null ? null : SyslogSender.to(to, tls);
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) throws IOException {
        return runAll(List.of(message), context).getFirst();
    }

    /// Keeps first, then sends: what cannot be sent on is in the file all the same.
    @Override
    public List<Outcome> runAll(List<Message> messages, MethodContext context) throws IOException {
        List<Outcome> kept = TextLogging.outcomes(log.append(messages, context.dataFolder()));
        SyslogSender to = sender;
        if (to == null) {
            return kept;
        }
        List<Outcome> outcomes = new ArrayList<>();
        String unreachable = null;
        for (int i = 0; i < messages.size(); i++) {
            if (!(kept.get(i) instanceof Outcome.Succeeded)) {
                outcomes.add(kept.get(i));
                continue;
            }
            try {
                if (unreachable == null) {
                    to.send(SyslogMessage.of(messages.get(i)));
                }
            } catch (SyslogSender.TooLong e) {
                outcomes.add(Outcome.failed("kept, but not sent on: " + e.getMessage()));
                continue;
            } catch (IOException e) {
                unreachable = "kept, but not sent on to %s: %s".formatted(to, e);
            }
            outcomes.add(unreachable == null ? Outcome.succeeded() : Outcome.failed(unreachable));
        }
        return outcomes;
    }

    @Override
    public void close() throws IOException {
        try (LineLog last = log) {
            assert last != null;
            if (sender != null) {
                sender.close();
            }
        }
    }
}
