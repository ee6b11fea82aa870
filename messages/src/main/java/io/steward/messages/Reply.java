package io.steward.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a copy of the result goes: to any method of any node, as an event or command of that
/// method.
///
/// @param domain null for the method's default domain
/// @param data arguments that stand before the result
public record Reply(NodeName toNode, String method, @Nullable String domain, List<String> data) {
    public Reply {
        Token.require("method", method);
        if (domain != null) {
            Token.require("domain", domain);
        }
        data = List.copyOf(data);
    }
}
