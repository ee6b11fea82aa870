package io.steward.messages;

/// What becomes of the firings of a schedule that were missed while its agent was down or the
/// machine slept.
public enum CatchUp {
    /// Nothing: the next one is sent in its time.
    SKIP("skip"),
    /// One message stands for all of them.
    ONCE("once"),
    /// Each is sent.
    ALL("all");

    private final String word;

    CatchUp(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /// @throws IllegalArgumentException if no value has that word
    public static CatchUp of(String word) {
        return switch (word) {
            case "skip" -> SKIP;
            case "once" -> ONCE;
            case "all" -> ALL;
            default ->
                    throw new IllegalArgumentException(
                            "\"%s\" is no value of catchUp: expected skip, once or all"
                                    .formatted(Token.shorten(word)));
        };
    }

    @Override
    public String toString() {
        return word;
    }
}
