package io.steward.cli;

import java.net.URI;

/// Where an agent's API is, and the token it wants.
record AgentAddress(URI url, String token) {}
