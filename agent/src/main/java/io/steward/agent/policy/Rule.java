package io.steward.agent.policy;

import io.steward.messages.Message;

/// One rule of a policy.
///
/// @param allows whether it allows or denies what it holds for
/// @param runAs [RunAs#AGENT] for one that denies
record Rule(String name, Conditions conditions, boolean allows, RunAs runAs) {
    boolean holdsFor(Message message, Sender sender) {
        return conditions.hold(message, sender, !allows);
    }
}
