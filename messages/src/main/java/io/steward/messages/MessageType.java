package io.steward.messages;

/// What kind of message: something to be done, or something that has happened.
public enum MessageType {
    /// Run something, wait for it; the ACK carries its result.
    COMMAND("command"),
    /// Something happened; the ACK says it was delivered and, for a method that does work, that the
    /// work was done.
    EVENT("event");

    private final String word;

    MessageType(String word) {
        this.word = word;
    }

    /// The word on the wire and in subjects.
    public String word() {
        return word;
    }

    /// @throws IllegalArgumentException if `word` is neither `command` nor `event`
    public static MessageType of(String word) {
        return switch (word) {
            case "command" -> COMMAND;
            case "event" -> EVENT;
            default ->
                    throw new IllegalArgumentException(
                            "message type \"%s\" is not known: expected command or event"
                                    .formatted(Token.shorten(word)));
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
