package io.steward.agent.kernel;

/// An error report that waits for a directive.
///
/// @param from the run of a body that waits
/// @param number which of its reports
record Question(Incarnation<?> from, long number, ErrorReport report) {}
