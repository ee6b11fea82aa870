package io.steward.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a copy of the result goes: to any method of any node, as an event or command of that
/// method.
///
/// @param domain null for the method's default domain
/// @param data arguments that stand before the result
public record Reply(NodeName toNode, String method, @Nullable String domain, List<String> data) {
    /// @throws IllegalArgumentException if the method or domain is no token, the method is `ack`,
    ///   or the data is out of its limits
    public Reply {
        Token.require("method", method);
        if (domain != null) {
            Token.require("domain", domain);
        }
        if (method.equals(Subject.ACK_METHOD)) {
            throw new IllegalArgumentException(
                    "method \"ack\" is made by the receiver and takes no reply");
        }
        data = List.copyOf(data);
        Limits.checkData("reply.data", data);
    }
}
