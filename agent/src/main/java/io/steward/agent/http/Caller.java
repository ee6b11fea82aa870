package io.steward.agent.http;

/// Who makes a request.
///
/// @param name of the token
record Caller(String name, Role role) {}
