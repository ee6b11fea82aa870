package io.steward.agent.kernel;

/// An exception whose message says all that a person needs to know: a report of it leaves out what
/// class it is. Without a message it is reported as any other.
public interface Sentence {}
