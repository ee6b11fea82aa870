package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.InputException;

/// An answer that is not the one wished for, as RFC 9457 has it.
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 2_000;

    private final int status;
    private final String title;
    private final transient ObjectNode body;

    /// @param status of HTTP
    /// @param title what kind of problem it is; the same for every problem of the kind
    /// @param detail what was wrong this time, and what to do
    Problem(int status, String title, String detail) {
        super(clipped(detail), null, false, false);
        this.status = status;
        this.title = title;
        this.body = Json.object();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", clipped(detail));
    }

    /// What a caller sent comes back, so that there has to be an end to it.
    private static String clipped(String detail) {
        return detail.length() > LONGEST ? detail.substring(0, LONGEST) + "..." : detail;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "The request is not as it has to be", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "There is no such thing", detail);
    }

    static Problem busy(String detail) {
        return new Problem(503, "Not now", detail);
    }

    /// An input that could not be read, with its place.
    static Problem badInput(InputException e) {
        Problem problem = new Problem(400, "The input is not as it has to be", e.problem());
        if (e.field() != null) {
            problem.body.put("field", e.field());
        }
        if (e.line() > 0) {
            problem.body.put("line", e.line());
            problem.body.put("column", e.column());
        }
        return problem;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    ObjectNode body() {
        return body;
    }
}
