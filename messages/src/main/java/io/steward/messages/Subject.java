package io.steward.messages;

/// `<nodename>.<command|event>.<method>.<domain>`: who receives a message, what kind it is, what is
/// to be done and what for. Case sensitive; every token is 1 to 64 characters of `A-Z a-z 0-9 _ -`.
public record Subject(NodeName node, MessageType type, String method, String domain) {

    /// The method of ACKs, which take the same way back.
    public static final String ACK_METHOD = "ack";

    /// @throws IllegalArgumentException naming the token, the character and its place
    public Subject {
        Token.require("method", method);
        Token.require("domain", domain);
    }

    /// Where the ACK of a message goes that `from` sent for `domain`.
    public static Subject ofAck(NodeName from, String domain) {
        return new Subject(from, MessageType.EVENT, ACK_METHOD, domain);
    }

    /// Parses the four tokens.
    ///
    /// @throws IllegalArgumentException naming the subject, the token and its place
    public static Subject parse(String subject) {
        String[] tokens = subject.split("\\.", -1);
        if (tokens.length != 4) {
            throw new IllegalArgumentException(
                    "subject \"%s\" has %d tokens: expected four, <nodename>.<command|event>.<method>.<domain>"
                            .formatted(Token.shorten(subject), tokens.length));
        }
        try {
            return new Subject(
                    new NodeName(tokens[0]), MessageType.of(tokens[1]), tokens[2], tokens[3]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "subject \"%s\": %s".formatted(Token.shorten(subject), e.getMessage()), e);
        }
    }

    /// Whether messages of this subject are ACKs.
    public boolean isAck() {
        return type == MessageType.EVENT && method.equals(ACK_METHOD);
    }

    @Override
    public String toString() {
        return node + "." + type + "." + method + "." + domain;
    }
}
