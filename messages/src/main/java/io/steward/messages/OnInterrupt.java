package io.steward.messages;

/// What becomes of a message whose receiver died while it ran.
public enum OnInterrupt {
    /// Run again if only the agent went down; report if the machine was restarted.
    AUTO("auto"),
    RERUN("rerun"),
    /// End as [State#INTERRUPTED].
    REPORT("report");

    private final String word;

    OnInterrupt(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /// @throws IllegalArgumentException if no value has that word
    public static OnInterrupt of(String word) {
        return switch (word) {
            case "auto" -> AUTO;
            case "rerun" -> RERUN;
            case "report" -> REPORT;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\" is no value of onInterrupt: expected auto, rerun or report"
                                    .formatted(Token.shorten(word)));
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
