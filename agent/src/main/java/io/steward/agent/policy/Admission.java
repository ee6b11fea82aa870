package io.steward.agent.policy;

import io.steward.messages.Message;

/// Decides by the policy that is in force. Asked when a message comes, before anything is made of
/// it, and once more when its turn has come, as the policy may have changed while it waited.
/// Thread-safe.
public interface Admission {
    /// May wait a moment where it has to be found out what the sender is in the fleet.
    Decision decide(Message message) throws InterruptedException;

    /// By a policy that stays as it is, and knows no sender but by name.
    static Admission by(Policy policy) {
        return message -> policy.decide(message, Sender.unknown(message.from()));
    }
}
