package io.steward.messages;

import java.util.Set;

/// The unique name of a node: one subject token. It need not resolve in DNS.
public record NodeName(String value) implements Comparable<NodeName> {
    private static final Set<String> RESERVED = Set.of("clusterbus", "modbus", "adopt");

    /// @throws IllegalArgumentException if `value` is not a token or is reserved; the message says
    ///   which and why
    public NodeName {
        if (value.indexOf('.') >= 0 && isName(value.replace('.', '-'))) {
            throw new IllegalArgumentException(
                    "node name \"%s\" has '.' at character %d: allowed are A-Z a-z 0-9 _ -; did you mean \"%s\"?"
                            .formatted(value, value.indexOf('.') + 1, value.replace('.', '-')));
        }
        Token.require("node name", value);
        if (RESERVED.contains(value)) {
            throw new IllegalArgumentException(
                    "node name \"%s\" is reserved: clusterbus, modbus and adopt are subjects of the cluster"
                            .formatted(value));
        }
    }

    private static boolean isName(String value) {
        return Token.isToken(value) && !RESERVED.contains(value);
    }

    @Override
    public int compareTo(NodeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
