package io.steward.agent.app;

import io.steward.agent.broker.LeaseEvent;
import io.steward.agent.broker.LeasedBroker;
import io.steward.agent.broker.NodeRow;
import io.steward.agent.inbox.MessageInbox;
import io.steward.agent.journal.JournalException;
import io.steward.agent.kernel.Incident;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that keeps the name of this node, and tells people when another agent wants or has
/// it.
final class LeaseKeeper implements ProcessBody<LeaseKeeper.Look> {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /// Has it look now.
    record Look() {}

    private final NodeName node;
    private final NodeRow.Agent self;
    private final LeasedBroker broker;
    private final MessageInbox inbox;

    LeaseKeeper(NodeName node, NodeRow.Agent self, LeasedBroker broker, MessageInbox inbox) {
        this.node = node;
        this.self = self;
        this.broker = broker;
        this.inbox = inbox;
    }

    @Override
    public void run(ProcessContext<Look> context) throws Exception {
        do {
            List<LeaseEvent> events = broker.lease().step();
            while (!events.isEmpty()) {
                for (LeaseEvent event : events) {
                    happened(event, context);
                }
                events = broker.lease().step();
            }
        } while (!(context.receive(TICK) instanceof Received.Stop));
    }

    private void happened(LeaseEvent event, ProcessContext<Look> context)
            throws InterruptedException {
        String doing = "holding the name " + node;
        switch (event) {
            case LeaseEvent.Taken(NodeRow.Agent from) -> {
                if (from == null) {
                    log.info("this agent has the name {}", node);
                } else {
                    tell(
                            doing,
                            "taken over from another agent that has not answered: " + from.text(),
                            context);
                }
            }
            case LeaseEvent.Refused(NodeRow.Agent by) -> {
                tell(
                        doing,
                        "in use by another agent (%s): this one takes and sends nothing; stop one of them, or give it another name"
                                .formatted(by.text()),
                        context);
                if (!by.instance().equals(self.instance())) {
                    giveUp(by, context);
                }
            }
            case LeaseEvent.Left(NodeRow.Agent by) -> giveUp(by, context);
            case LeaseEvent.Objected(NodeRow.Agent by) -> giveUp(by, context);
            case LeaseEvent.Lost(NodeRow.Agent to) -> {
                tell(
                        doing,
                        "taken over by another agent (%s), as this one did not answer for a while: this one takes and sends nothing more; stop one of them, or give it another name"
                                .formatted(to.text()),
                        context);
                giveUp(to, context);
            }
            case LeaseEvent.Wanted(NodeRow.Agent by) ->
                    tell(
                            doing,
                            "another agent wants it too (%s), and is refused: stop it, or give it another name"
                                    .formatted(by.text()),
                            context);
            case LeaseEvent.Failed(var problem) ->
                    context.tell(
                            Severity.ERROR,
                            doing
                                    + " by the key-value bucket STEWARD_NODES: until that works no"
                                    + " messages are taken or sent",
                            problem);
        }
        context.handled(1);
    }

    private static void tell(String doing, String what, ProcessContext<Look> context) {
        context.tell(Severity.ERROR, doing, new Incident(what));
    }

    /// What was taken and not started goes to the one who has the name: its senders send it again
    /// when they have no answer.
    private void giveUp(NodeRow.Agent to, ProcessContext<Look> context)
            throws InterruptedException {
        while (true) {
            try {
                int given = inbox.giveUp();
                if (given > 0) {
                    tell(
                            "giving up messages of " + node,
                            "%d were taken here and not started; their senders send them again, to the agent that has the name now (%s)"
                                    .formatted(given, to.text()),
                            context);
                }
                return;
            } catch (ExecutionException | JournalException e) {
                context.tell(
                        Severity.ERROR,
                        "giving up messages of " + node,
                        e.getCause() == null ? e : e.getCause());
                if (!context.pause(BETWEEN_TRIES)) {
                    return;
                }
            }
        }
    }
}
