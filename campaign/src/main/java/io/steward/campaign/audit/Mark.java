package io.steward.campaign.audit;

/// What a message left outside the product, in the order in which marks were left.
///
/// @param n the message's number
/// @param attempt which start of it, by its own word; 0 for a line of a log, which does not know
/// @param end whether it was left at the end of a command that leaves one at its beginning too
public record Mark(long n, int attempt, boolean end) {}
