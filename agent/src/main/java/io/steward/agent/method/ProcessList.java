package io.steward.agent.method;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.util.Locale;

/// The agent's tree of supervisors and processes, as JSON.
public final class ProcessList implements Method {
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "processlist",
                    MessageType.COMMAND,
                    "kernel",
                    "Lists the agent's supervisors and processes",
                    "",
                    0,
                    0,
                    true,
                    1,
                    null);

    private final Kernel kernel;

    public ProcessList(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context) {
        ArrayNode list = Json.MAPPER.createArrayNode();
        kernel.tree().forEach(info -> list.add(json(info)));
        return Outcome.succeeded(Json.text(list) + "\n");
    }

    private static ObjectNode json(ProcessInfo info) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("path", info.path());
        node.put("kind", info.kind().name().toLowerCase(Locale.ROOT));
        node.put("status", status(info));
        node.put("since", info.since().toString());
        node.put("handled", info.handled());
        node.put("restarts", info.restarts());
        node.put("mailbox", info.mailbox());
        ErrorReport error = info.lastError();
        if (error != null) {
            ObjectNode last = node.putObject("lastError");
            last.put("severity", error.severity().name().toLowerCase(Locale.ROOT));
            last.put("doing", error.doing());
            last.put("cause", error.cause());
            last.put("at", error.last().toString());
            last.put("count", error.count());
        }
        return node;
    }

    /// The word for people: `backing off`.
    static String status(ProcessInfo info) {
        return info.status().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
