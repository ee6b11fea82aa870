package io.steward.campaign.audit;

/// What is counted; each is to be zero.
public enum Count {
    LOST("lost"),
    TWICE("executed twice without a reported reason"),
    DISORDER("out of order within a subject"),
    OPEN("in no end state"),
    LOG("missing or repeated in a processed log"),
    /// The two ends and the marks do not agree, or it ended as it should not.
    ODD("ended otherwise than it ran");

    private final String text;

    Count(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
