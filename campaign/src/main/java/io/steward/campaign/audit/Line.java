package io.steward.campaign.audit;

/// A line of a processed log, as far as it is counted.
///
/// @param place file and line number
/// @param attempt of its ACK; 0 if it has none
public record Line(String place, long seq, String id, boolean sent, String state, int attempt) {}
