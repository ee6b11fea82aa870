package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Subject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds, after each new connection, and after there was none, whether the mailbox is another one
/// than that into which messages of a subject were put: the broker has lost them. They go again
/// before any newer message of the subject, so that the order is kept. Used by one thread.
final class LostMailbox {
    private static final int PAGE = 256;

    private final Subject subject;
    private final Journal journal;
    private final Broker broker;
    private long checked;
    private @Nullable Instant now;

    LostMailbox(Subject subject, Journal journal, Broker broker) {
        this.subject = subject;
        this.journal = journal;
        this.broker = broker;
    }

    /// What a look has shown.
    enum Look {
        /// Newer messages may go.
        ALL_THERE,
        /// Something was lost, which [#next] brings.
        LOST,
        /// It cannot be told yet: there is no mailbox, or no answer. Nothing newer may go.
        UNKNOWN
    }

    /// Looks, if it has not looked over this connection, or there was no mailbox since then.
    ///
    /// @param connection over which the next messages are to go; 0 for none
    Look look(long connection) throws InterruptedException {
        if (connection == 0 || connection == checked) {
            return Look.ALL_THERE;
        }
        if (journal.publishedOf(subject, null, 1).isEmpty()) {
            checked = connection;
            return Look.ALL_THERE;
        }
        try {
            Instant created = broker.look(subject.node(), List.of()).streamCreated();
            if (created == null) {
                return Look.UNKNOWN;
            }
            checked = connection;
            now = created;
            return next().isEmpty() ? Look.ALL_THERE : Look.LOST;
        } catch (BrokerException e) {
            if (e.kind() != BrokerException.Kind.DENIED) {
                return Look.UNKNOWN;
            }
            checked = connection; // why: where looking is not permitted, LookAfter brings back what
            // is not answered
            return Look.ALL_THERE;
        }
    }

    /// There was no mailbox, or it is another one.
    void lookAgain() {
        checked = 0;
    }

    /// The oldest messages that were put into a mailbox that is gone, and are not known to have
    /// been received.
    List<SentMessage> next() {
        return journal.publishedOf(subject, now, PAGE);
    }
}
