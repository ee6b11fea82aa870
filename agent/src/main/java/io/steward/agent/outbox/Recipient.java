package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.PublishException;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.List;

/// Whether the node that is published to has a mailbox, where the broker's answer does not tell.
/// Used by one thread.
final class Recipient {
    /// How often it is looked whether a node without a mailbox has one.
    private static final long LOOK_FOR_MAILBOX = Duration.ofMillis(500).toNanos();

    private enum Mailbox {
        THERE,
        MISSING,
        UNKNOWN
    }

    private final NodeName node;
    private final Broker broker;
    private boolean noMailbox;
    private long looked;

    Recipient(NodeName node, Broker broker) {
        this.node = node;
        this.broker = broker;
    }

    /// It has stored a message, or something has changed: try.
    void mayHaveMailbox() {
        noMailbox = false;
    }

    /// It has none: a plain NATS client, which hears what is said to it if it listens.
    void hasNoMailbox() {
        looked = System.nanoTime();
        noMailbox = true;
    }

    /// Whether it is known to have no mailbox. Looks now and then: nobody else would tell when one
    /// comes.
    boolean isWithoutMailbox() throws InterruptedException {
        long now = System.nanoTime();
        if (noMailbox && now - looked >= LOOK_FOR_MAILBOX) {
            looked = now;
            noMailbox = look() != Mailbox.THERE;
        }
        return noMailbox;
    }

    /// Whether a message could not be stored because there is no mailbox.
    boolean isMissedBy(PublishException failure) throws InterruptedException {
        return failure.kind() == PublishException.Kind.NO_MAILBOX
                || (failure.kind() == PublishException.Kind.TIMEOUT && look() == Mailbox.MISSING);
    }

    /// The failure by its name. A broker that answers questions and stores nothing has a full disk,
    /// or had one: nats-server 2.14 and newer freezes a stream then and tells nobody.
    PublishException named(PublishException failure) throws InterruptedException {
        if (failure.kind() != PublishException.Kind.TIMEOUT || look() != Mailbox.THERE) {
            return failure;
        }
        return new PublishException(
                PublishException.Kind.STORAGE,
                failure.reason()
                        + ". It answers questions but stores nothing: is its disk full? nats-server"
                        + " 2.14 and newer stores again only after there is room and it was"
                        + " started again",
                failure);
    }

    private Mailbox look() throws InterruptedException {
        try {
            return broker.look(node, List.of()).exists() ? Mailbox.THERE : Mailbox.MISSING;
        } catch (BrokerException e) {
            return Mailbox.UNKNOWN; // the broker does not answer at all: it is looked for again
        }
    }
}
