package io.steward.agent.policy;

/// What the policy says of one message.
///
/// @param rule the name of the rule that decided, or [Policy#NO_RULE], or [Policy#ACK]
/// @param runAs of a command that is allowed; [RunAs#AGENT] for all else
public record Decision(String rule, boolean allowed, RunAs runAs) {
    /// Why it is refused, for its sender and for people.
    ///
    /// @throws IllegalStateException if it is allowed
    public String refusal() {
        if (allowed) {
            throw new IllegalStateException("rule %s allows it".formatted(rule));
        }
        return rule.equals(Policy.NO_RULE)
                ? "no rule of its policy allows it"
                : "rule %s of its policy denies it".formatted(rule);
    }
}
