package io.steward.agent.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The mailbox of this agent's own node, through its one durable consumer.
public interface Mailbox {

    /// Waits for messages: returns as soon as there is at least one, with what else is there, up to
    /// `max`; empty when none came within `wait`. While there is no connection it waits.
    ///
    /// Messages come in the order of the mailbox, and after a lost connection again from the oldest
    /// that was not acknowledged: no newer one comes before one that was lost on its way.
    ///
    /// @throws BrokerException if the mailbox or its consumer is gone or cannot be used; it may be
    ///   called again
    List<Delivery> fetch(int max, Duration wait) throws BrokerException, InterruptedException;

    /// Looks past what waits for its turn: the first message from place `from` on whose subject
    /// matches `filter`, whether it was handed over or not. To acknowledge or terminate it takes it
    /// out of the mailbox; where that is lost it comes again, here or in its turn. Does not wait
    /// for messages.
    ///
    /// @param filter a subject, in which `*` stands for one token
    /// @return empty if there is none
    /// @throws BrokerException if the mailbox is gone or cannot be looked into, or there is no
    ///   connection
    Optional<Delivery> ahead(String filter, long from) throws BrokerException;

    /// One message that was handed over.
    interface Delivery {
        String subject();

        byte[] payload();

        /// Header names as they were sent; the first value of each.
        Map<String, String> headers();

        /// Its place in the mailbox.
        long sequence();

        /// How often it was handed over, 1 for the first time.
        long deliveries();

        /// When the broker stored it, by the broker's clock.
        Instant storedAt();

        /// The broker need not keep it: it is in the journal. Not waited for; a lost one brings a
        /// second copy.
        void acknowledge();

        /// The broker shall not hand it over again: it cannot be used.
        void terminate();

        /// Waits until it is certain whether this agent still has the name under which it was
        /// fetched. To be asked when the message is in the journal, before it is acknowledged:
        /// there is no other way to see that this machine stood still meanwhile.
        ///
        /// @return false if another agent has the name now and gets the message too: nothing may be
        ///   made of it here
        default boolean isStillOurs() throws InterruptedException {
            return true;
        }

        /// The broker shall hand it over again at once, to whoever fetches.
        default void handBack() {}
    }
}
