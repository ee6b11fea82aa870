package io.steward.campaign.load;

/// What a message does, and so what may become of it.
public enum Kind {
    /// A line of a log.
    LINE(true),
    /// A line of 100 kB.
    BIG_LINE(true),
    /// A line that may come too late.
    BRIEF_LINE(true),
    /// Leaves a mark and succeeds.
    QUICK(false),
    /// Leaves a mark, and prints and is told 100 kB.
    BIG(false),
    /// Leaves a mark and exits with 3.
    FAILING(false),
    /// Leaves a mark at its beginning and one at its end, a while later.
    SLOW(false),
    /// Leaves a mark and sleeps until its time is over.
    TIMEOUT(false),
    /// Leaves a mark; its result goes to a log too.
    REPLY(false),
    /// Leaves a mark, if it does not come too late.
    BRIEF(false),
    /// Leaves a mark at its beginning and one at its end; somebody cancels it.
    CANCELLED(false);

    private final boolean event;

    Kind(boolean event) {
        this.event = event;
    }

    public boolean isEvent() {
        return event;
    }

    /// Whether it may end as expired.
    public boolean isBrief() {
        return this == BRIEF || this == BRIEF_LINE;
    }
}
