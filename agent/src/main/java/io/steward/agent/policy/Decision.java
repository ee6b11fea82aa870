package io.steward.agent.policy;

/// What the policy says of one message.
///
/// @param rule the name of the rule that decided, or [Policy#NO_RULE], or [Policy#ACK]; with
///   `reply: ` before it where the reply is refused
/// @param runAs of a command that is allowed; [RunAs#AGENT] for all else
public record Decision(String rule, boolean allowed, RunAs runAs) {
    private static final String REPLY = "reply: ";

    /// Of a message that is allowed, and whose reply is not.
    static Decision refusedForReply(String rule) {
        return new Decision(REPLY + rule, false, RunAs.AGENT);
    }

    /// Why it is refused, for its sender and for people.
    ///
    /// @throws IllegalStateException if it is allowed
    public String refusal() {
        if (allowed) {
            throw new IllegalStateException("rule %s allows it".formatted(rule));
        }
        String what = rule.startsWith(REPLY) ? "its reply" : "it";
        String which = rule.startsWith(REPLY) ? rule.substring(REPLY.length()) : rule;
        return which.equals(Policy.NO_RULE)
                ? "no rule of its policy allows " + what
                : "rule %s of its policy denies %s".formatted(which, what);
    }
}
