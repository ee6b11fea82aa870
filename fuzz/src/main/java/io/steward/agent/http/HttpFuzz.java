package io.steward.agent.http;

import io.steward.fuzz.Finding;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Any text as the query of an URL, and as a line of `POST /v1/resend`: taken, or a problem that
/// says what was wrong.
public final class HttpFuzz {
    private static final Set<String> KNOWN =
            Set.of("state", "node", "method", "label", "from", "to", "limit", "before", "wait");

    private HttpFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InputException {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            Query.parse(text, KNOWN)
                    .keySet()
                    .forEach(name -> Finding.unlessSame("known", KNOWN.contains(name), true));
        } catch (Problem e) {
            check(e);
        }
        try {
            Message message = ResendRoutes.message(text, 1);
            Finding.unlessSame("resent", Envelope.decode(Envelope.encode(message)), message);
        } catch (Problem e) {
            check(e);
        }
    }

    private static void check(Problem problem) {
        Finding.unlessSame("status", problem.status(), 400);
        Finding.unlessSame("empty", String.valueOf(problem.getMessage()).isBlank(), false);
    }
}
