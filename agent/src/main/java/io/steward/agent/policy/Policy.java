package io.steward.agent.policy;

import io.steward.messages.Message;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Reply;
import io.steward.messages.Subject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What others may have this node do: rules, of which the first that holds decides. What no rule
/// holds for is denied; ACKs, which answer what this node itself has sent, are always allowed.
/// Immutable.
public final class Policy {
    /// Stands for the name of the rule where none holds.
    public static final String NO_RULE = "(no rule)";

    /// Stands for the name of the rule of ACKs.
    public static final String ACK = "(ack)";

    /// Methods that are events where they are asked for by a reply; all others count as commands,
    /// of which less is allowed.
    private static final Set<String> EVENTS = Set.of("textlogging", "syslogforwarding");

    private static final Policy OPEN = new Policy(List.of(allow("open", Conditions.NONE)));
    private static final Policy CLOSED = new Policy(List.of());

    private final List<Rule> rules;

    Policy(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /// Allows everything.
    public static Policy open() {
        return OPEN;
    }

    /// Denies everything but ACKs.
    public static Policy closed() {
        return CLOSED;
    }

    /// The default of a member of a fleet: itself and the node that adopted it may have everything
    /// done, others may send events only.
    public static Policy member(NodeName self, NodeName central) {
        return new Policy(
                List.of(
                        allow("self", Conditions.NONE.from(Pattern.exactly(self.value()))),
                        allow("central", Conditions.NONE.from(Pattern.exactly(central.value()))),
                        allow("events", Conditions.NONE.type(MessageType.EVENT))));
    }

    private static Rule allow(String name, Conditions conditions) {
        return new Rule(name, conditions, true, RunAs.AGENT);
    }

    /// Reads a policy as docs/policy.md describes it.
    ///
    /// @param place what errors name it, such as its file
    /// @throws PolicyException if it is not one; nothing of it is to be used then
    public static Policy read(String place, String yaml) throws PolicyException {
        return new PolicyReader(place).read(yaml);
    }

    /// Pure; the same for the same message and sender. A message that asks for a reply is allowed
    /// only where its sender may have that done here too: the reply is sent by this node, under its
    /// name, and others may allow it what they do not allow him.
    public Decision decide(Message message, Sender sender) {
        if (message.subject().isAck()) {
            return new Decision(ACK, true, RunAs.AGENT);
        }
        Decision decision = first(message, sender);
        Reply reply = message.reply();
        if (!decision.allowed() || reply == null) {
            return decision;
        }
        Decision ofReply = first(asIfSent(message, reply), sender);
        return ofReply.allowed() ? decision : Decision.refusedForReply(ofReply.rule());
    }

    /// What a reply would be if the sender of its message sent it here.
    private static Message asIfSent(Message message, Reply reply) {
        String domain = reply.domain();
        return new Message(
                message.id(),
                message.from(),
                new Subject(
                        message.subject().node(),
                        EVENTS.contains(reply.method()) ? MessageType.EVENT : MessageType.COMMAND,
                        reply.method(),
                        domain == null ? message.subject().domain() : domain),
                reply.data(),
                message.createdAt(),
                message.expiresAt(),
                message.ackTimeout(),
                0,
                null,
                true,
                message.onInterrupt(),
                1,
                null,
                Map.of(),
                false,
                null);
    }

    private Decision first(Message message, Sender sender) {
        for (Rule rule : rules) {
            if (rule.holdsFor(message, sender)) {
                return new Decision(rule.name(), rule.allows(), rule.runAs());
            }
        }
        return new Decision(NO_RULE, false, RunAs.AGENT);
    }

    /// Whether a decision may need to know the cloud or the tags of the sender.
    public boolean asksForMembership() {
        return rules.stream().anyMatch(rule -> rule.conditions().asksForMembership());
    }

    /// The names of its rules, in order.
    public List<String> ruleNames() {
        return rules.stream().map(Rule::name).toList();
    }

    List<Rule> rules() {
        return rules;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Policy policy && policy.rules.equals(rules);
    }

    @Override
    public int hashCode() {
        return Objects.hash(rules);
    }

    @Override
    public String toString() {
        return "policy of the rules " + ruleNames();
    }
}
