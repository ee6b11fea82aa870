package io.steward.agent.adoption;

import org.jspecify.annotations.Nullable;

/// What an agent is in its fleet.
///
/// @param registrar decides who is a member, at the agent that has the keys of the fleet; else null
/// @param rotation gives it another key; null if it is no member
public record Standing(@Nullable Registrar registrar, @Nullable Rotation rotation) {
    /// Of an agent at a broker that is open.
    public static final Standing NONE = new Standing(null, null);
}
