package io.steward.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a `reply` object, which people and the wire write alike.
final class ReplyReader {
    private static final List<String> FIELDS = List.of("toNode", "method", "domain", "data");

    private final ValueReader in;
    private @Nullable NodeName toNode;
    private @Nullable String method;
    private @Nullable String domain;
    private List<String> data = List.of();

    private ReplyReader(ValueReader in) {
        this.in = in;
    }

    static Reply read(ValueReader in) throws InputException {
        return new ReplyReader(in).read();
    }

    private Reply read() throws InputException {
        int start = in.offset();
        in.object(FIELDS, this::field);
        if (toNode == null) {
            throw in.missing(start, "toNode", "the name of the node that gets the result");
        }
        if (method == null) {
            throw in.missing(start, "method", "the method that takes the result");
        }
        return new Reply(toNode, method, domain, data);
    }

    private void field(String name) throws InputException {
        switch (name) {
            case "toNode" -> toNode = in.value(NodeName::new);
            case "method" -> {
                method = in.subjectToken("method");
                in.require(
                        method.equals(Subject.ACK_METHOD)
                                ? "method \"ack\" is made by the receiver and takes no reply"
                                : null);
            }
            case "domain" -> domain = in.isAbsent() ? null : in.subjectToken("domain");
            default -> data = in.list("a list of strings", Limits.MAX_DATA_ITEMS, in::string);
        }
    }
}
