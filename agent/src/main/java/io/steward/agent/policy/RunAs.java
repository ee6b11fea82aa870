package io.steward.agent.policy;

import org.jspecify.annotations.Nullable;

/// As whom a command is run, and what it may use.
///
/// @param user null for the agent's own
public record RunAs(@Nullable String user, ResourceLimits limits) {
    /// As the agent's own user, without limits.
    public static final RunAs AGENT = new RunAs(null, ResourceLimits.NONE);

    /// @throws IllegalArgumentException if `user` cannot be the name of one
    public RunAs {
        if (user != null && !user.matches("[A-Za-z_][A-Za-z0-9_.-]{0,31}[$]?")) {
            throw new IllegalArgumentException(
                    "\"%s\" is no user name: expected a letter or _, then letters, digits and _ - ., 32 in all"
                            .formatted(user));
        }
    }
}
