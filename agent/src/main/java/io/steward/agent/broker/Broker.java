package io.steward.agent.broker;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The connection of one agent to the broker. Thread-safe. It connects by itself, again and again,
/// with growing pauses; while there is no connection, publishing fails with
/// [PublishException.Kind#DISCONNECTED] and fetching waits.
public interface Broker extends AutoCloseable {

    /// The header in which a sender writes its clock at the time of publishing, RFC 3339: by it and
    /// the broker's time of storing a receiver sees how far the sender's clock is off.
    String SENT_HEADER = "Steward-Sent";

    /// What is known of the connection now.
    ///
    /// @param since when it came to be connected or disconnected
    /// @param url the server it is connected to, without user and password; null when it is not
    /// @param version of that server
    /// @param maxPayload the largest message the server takes, in bytes; 0 before the first
    ///   connection
    /// @param problem why there is no connection; null when there is one
    record Status(
            boolean connected,
            Instant since,
            @Nullable String url,
            @Nullable String version,
            long maxPayload,
            @Nullable String problem) {}

    Status status();

    /// Called at each change between connected and disconnected, on a thread of the broker's; must
    /// return at once.
    void onStatus(Consumer<Status> listener);

    /// Why the last thing that this agent itself wanted to store at the broker was not stored
    /// though the broker answers questions: its disk may be full. Empty when all is well, or nobody
    /// knows. Does not block.
    default Optional<String> notStored() {
        return Optional.empty();
    }

    /// Makes the mailbox of `node` and its consumer if they are missing. What was fetched from it
    /// before and has not been acknowledged is fetched again.
    ///
    /// @throws BrokerException if it cannot be made, or exists with a configuration that differs in
    ///   a way that matters; the message names each difference
    Mailbox mailbox(NodeName node) throws BrokerException, InterruptedException;

    /// Makes the mailbox of another node, and its consumer, if they are missing.
    ///
    /// @throws BrokerException as [#mailbox]
    default void makeMailbox(NodeName node) throws BrokerException, InterruptedException {
        throw new BrokerException(
                BrokerException.Kind.OTHER, "this broker makes no mailbox for " + node);
    }

    /// Publishes into the mailbox of the subject's node. Calls of one thread reach the broker in
    /// their order.
    ///
    /// @param deduplicationId the header `Nats-Msg-Id`
    /// @return fails with [PublishException]; a timeout does not mean that the broker has not
    ///   stored it
    default CompletableFuture<Stored> publish(
            Subject subject, String deduplicationId, byte[] payload) {
        return publish(subject, deduplicationId, payload, connection());
    }

    /// The number of the connection there is now; each has another one. 0 while there is none.
    long connection();

    /// As [#publish(Subject, String, byte\[\])], over the connection of this number or not at all:
    /// it fails with [PublishException.Kind#DISCONNECTED] if that has ended. Who keeps several
    /// messages of a subject in flight, and wants their order kept, takes [#connection()] once for
    /// them, and takes it anew only after all of them are answered: else a newer message could go
    /// over a new connection before an older one that was lost with the last.
    CompletableFuture<Stored> publish(
            Subject subject, String deduplicationId, byte[] payload, long connection);

    /// Whether messages that are published one behind the other, without waiting for answers, are
    /// stored in this order or not at all. Not so where they go on from server to server, or the
    /// leader of the mailbox may be another one from now on: one may be lost there, and a newer one
    /// stored. Known from the first answer on; until then false. Does not block.
    default boolean keepsOrder(NodeName node) {
        return true;
    }

    /// @param streamCreated when that stream was made, by the broker's clock
    /// @param duplicate whether the broker knew the deduplication id already
    record Stored(String stream, Instant streamCreated, long sequence, boolean duplicate) {}

    /// What of a node's mailbox is there.
    ///
    /// @param exists whether there is such a mailbox at all
    /// @param streamCreated when it was made; null if it does not exist
    /// @param present those of the asked sequences that are still in it
    /// @param firstUndelivered the lowest sequence that was never handed to the node;
    ///   Long.MAX_VALUE if not known
    /// @param waiting how many messages are in it
    record Look(
            boolean exists,
            @Nullable Instant streamCreated,
            Set<Long> present,
            long firstUndelivered,
            long waiting) {}

    /// Looks into the mailbox of `node`.
    Look look(NodeName node, Collection<Long> sequences)
            throws BrokerException, InterruptedException;

    /// Looks at messages in the mailbox of `node` without taking them: a request each.
    ///
    /// @param method only those of this method; null for all
    /// @param from the first sequence to look at, `next` of the last answer; 0 for the beginning
    /// @param limit how many at most
    Peek peek(NodeName node, @Nullable String method, long from, int limit)
            throws BrokerException, InterruptedException;

    /// Takes messages back out of a mailbox.
    ///
    /// @return those of which it is certain that the node has never been handed them and never will
    Set<Long> takeBack(NodeName node, Collection<Long> sequences)
            throws BrokerException, InterruptedException;

    /// Takes a message back out of a mailbox.
    ///
    /// @return whether it is certain that the node has never been handed it
    default boolean takeBack(NodeName node, long sequence)
            throws BrokerException, InterruptedException {
        return takeBack(node, Set.of(sequence)).contains(sequence);
    }

    /// A bucket of rows that all agents share.
    Bucket bucket(Bucket.Kind kind);

    /// What all nodes are to hear of, also those that are away.
    ClusterBus clusterBus();

    /// The rows of the nodes, with which an agent holds its name and says that it is there.
    default Bucket nodes() {
        return bucket(Bucket.Kind.NODES);
    }

    /// What the deduplication id of a message adds to its own id when its sender publishes it again
    /// because its mailbox has it no more; the number of the time follows.
    String AGAIN = ".r";

    /// Whether a message was handed over with headers that say that it was published again.
    static boolean isAgain(MessageId id, Map<String, String> headers) {
        String given = headers.get("Nats-Msg-Id");
        return given != null && given.startsWith(id + AGAIN);
    }

    /// Whether what came for this agent's node may be started. Does not block.
    default Right mayStart() {
        return Right.YES;
    }

    /// Whether this agent may do something.
    enum Right {
        YES,
        /// Another agent may have the name of its node.
        NOT_NOW,
        /// Another agent has it.
        NO
    }

    /// When this agent got the name of its node from another one, with another data folder, by the
    /// broker's clock: what was sent before may have been taken by that one. Null if none is known.
    default @Nullable Instant takenOverAt() {
        return null;
    }

    /// Whether this agent has the name of its node, and who else wants it.
    default Naming naming() {
        return new Naming(true, null);
    }

    /// @param held whether this agent has the name; it takes and publishes messages only then
    /// @param rival the other agent of this name: the one who has it, or, if this one does, the
    ///   last that wanted it; null if none is known
    record Naming(boolean held, NodeRow.@Nullable Agent rival) {}

    /// Publishes on a plain, unstored subject; nothing is said if nobody hears it or there is no
    /// connection.
    void say(String subject, byte[] payload);

    /// Asks everybody who listens on a plain subject, and collects the answers that come within
    /// `wait`.
    default List<Answer> ask(String subject, byte[] payload, Duration wait)
            throws InterruptedException {
        return ask(subject, payload, wait, _ -> false);
    }

    /// As [#ask(String, byte\[\], Duration)], and returns with the answer of which `isLast` holds,
    /// or at once where the broker says that nobody listens.
    ///
    /// @param isLast called with each answer, by the caller's thread
    List<Answer> ask(String subject, byte[] payload, Duration wait, Predicate<Answer> isLast)
            throws InterruptedException;

    /// Asks the agent that has the name of `node` whether it is there.
    default Presence presence(NodeName node, Duration wait) throws InterruptedException {
        long begin = System.nanoTime();
        if (!ask(NameLease.subject(node), new byte[0], wait, _ -> true).isEmpty()) {
            return Presence.THERE;
        }
        return System.nanoTime() - begin < wait.toNanos() ? Presence.NOBODY : Presence.SILENT;
    }

    /// What came of asking a node.
    enum Presence {
        /// It answered.
        THERE,
        /// It did not answer in time, and the broker has not said that nobody listens.
        SILENT,
        /// Nobody listens at the broker, or there is no connection to it.
        NOBODY
    }

    /// @param after how long after the question it came
    record Answer(byte[] payload, Duration after) {}

    /// Answers questions on a plain subject until the returned handle is closed. `answer` runs on a
    /// virtual thread; what it returns is the answer, an empty array is none.
    AutoCloseable answer(String subject, java.util.function.Function<byte[], byte[]> answer);

    /// How far the broker's clock is ahead of this machine's, as of the last answer that told its
    /// time; zero before that.
    Duration clockAhead();

    /// Facts of the broker for `steward doctor`: version, cluster, JetStream limits, sync setting
    /// where it can be seen.
    Map<String, String> facts() throws BrokerException, InterruptedException;

    /// Ends the connection after what is in flight, and returns when its threads have ended.
    @Override
    void close();
}
