package io.steward.campaign.load;

import java.util.List;

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

    /// The opposite of [#toString()].
    ///
    /// @throws IllegalArgumentException if it is none
    static Entry parse(String line) {
        List<String> parts = List.of(line.split("\t", -1));
        if (parts.size() != 9) {
            throw new IllegalArgumentException(parts.size() + " columns, expected 9");
        }
        return new Entry(
                Long.parseLong(parts.get(0)),
                parts.get(1),
                parts.get(2),
                Kind.valueOf(parts.get(5)),
                parts.get(4),
                Boolean.parseBoolean(parts.get(6)),
                Integer.parseInt(parts.get(7)),
                Boolean.parseBoolean(parts.get(8)));
    }

    @Override
    public String toString() {
        return "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s"
                .formatted(n, from, to, method(), domain, kind, ordered, attempts, report);
    }
}
