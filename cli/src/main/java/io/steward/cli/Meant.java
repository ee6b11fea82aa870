package io.steward.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// Which nodes are meant, as the agent is told of it.
///
/// @param expression empty for any node
/// @param ofRun whose targets; null for any node
/// @param missing whether those targets of the run are meant that were not run; else those that
///   failed
record Meant(String expression, @Nullable String ofRun, boolean missing) {

    /// As fields of a body.
    void addTo(ObjectNode body) {
        if (!expression.isEmpty()) {
            body.put("target", expression);
        }
        if (ofRun != null) {
            body.put("ofRun", ofRun).put("missing", missing);
        }
    }

    /// As parameters of a query.
    String query() {
        String target = expression.isEmpty() ? "" : "target=" + AgentClient.encode(expression);
        if (ofRun == null) {
            return target;
        }
        return "%s%sofRun=%s&missing=%s"
                .formatted(target, target.isEmpty() ? "" : "&", AgentClient.encode(ofRun), missing);
    }

    /// For people.
    String text() {
        String which = ofRun == null ? "" : (missing ? "missing" : "failed") + " of run " + ofRun;
        return which.isEmpty()
                ? expression
                : expression.isEmpty() ? which : expression + " and " + which;
    }
}
