package io.steward.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where an agent's API is, and the token it wants.
///
/// @param authority the file of the certificates that its own is to come from; null for those that
///   Java trusts
record AgentAddress(URI url, String token, @Nullable Path authority) {
    /// Of an agent of this machine.
    AgentAddress(URI url, String token) {
        this(url, token, null);
    }
}
