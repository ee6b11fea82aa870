package io.steward.agent.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends each error report of this node as an event to the central node. What goes wrong while
/// doing that is logged and not reported, and reports about the sending of reports are left out, so
/// that nothing loops. Thread-safe.
final class ErrorsToCentral implements Consumer<ErrorReport> {
    private static final Logger log = LoggerFactory.getLogger(ErrorsToCentral.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String METHOD = "errorlog";
    private static final String DOMAIN = "errors";

    private final NodeName node;
    private final NodeName central;
    private volatile @Nullable Outbox outbox;

    ErrorsToCentral(NodeName node, NodeName central) {
        this.node = node;
        this.central = central;
    }

    /// From here on reports go out; those before it are in the log of this agent only.
    void through(Outbox open) {
        outbox = open;
    }

    void close() {
        outbox = null;
    }

    @Override
    public void accept(ErrorReport report) {
        Outbox open = outbox;
        if (open == null || isOfReporting(report.process()) || isOfReporting(report.doing())) {
            return;
        }
        try {
            open.submit(
                    null,
                    List.of(
                            MessageRequest.of(
                                    List.of(central),
                                    MessageType.EVENT,
                                    METHOD,
                                    List.of(json(report)))));
        } catch (SubmitException e) {
            log.warn("an error report cannot be sent to {}: {}", central, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether it has to do with the way of reports, there or back: with the event, or with the
    /// answer to it, which has its domain.
    private static boolean isOfReporting(String text) {
        return text.contains(".event." + METHOD + ".")
                || text.contains(".event." + Subject.ACK_METHOD + "." + DOMAIN);
    }

    private String json(ErrorReport report) {
        ObjectNode object = JSON.createObjectNode();
        object.put("at", report.last().toString());
        object.put("node", node.value());
        object.put("process", report.process());
        object.put("severity", report.severity().name().toLowerCase(Locale.ROOT));
        object.put("doing", report.doing());
        object.put("cause", report.cause());
        object.put("first", report.first().toString());
        object.put("count", report.count());
        return object.toString();
    }
}
