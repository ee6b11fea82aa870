package io.steward.campaign.load;

/// A message that an agent was given.
///
/// @param n its number, which it carries as the label `n`; rises in the order in which its feed
///   gave it
/// @param ordered whether it is to run in the order of its subject
/// @param attempts how often it may be started in all
/// @param report whether it is not to be run again where it was interrupted
public record Entry(
        long n,
        String from,
        String to,
        Kind kind,
        String domain,
        boolean ordered,
        int attempts,
        boolean report) {
    public String method() {
        return kind.isEvent() ? "textlogging" : "shellcommand";
    }

    @Override
    public String toString() {
        return "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s"
                .formatted(n, from, to, method(), domain, kind, ordered, attempts, report);
    }
}
