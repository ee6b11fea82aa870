package io.steward.agent.broker;

import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What every node of the cluster is to hear of, whether it is there now or comes back within seven
/// days: the stream `STEWARD_CLUSTERBUS`, which the first who needs it makes. It keeps no place for
/// its readers; each knows by itself how far it has read. Every call waits for the broker's answer.
/// Thread-safe.
public interface ClusterBus {

    /// What can be told; each is a word of the subject `clusterbus.<kind>.<from>`.
    enum Kind {
        NOTIFY,
        DEPLOY,
        UNDEPLOY;

        /// As in a subject.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Kind> of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /// Something that was told.
    ///
    /// @param sequence in the stream; they rise, with gaps
    /// @param from who has told it, by the subject
    /// @param headers with which it was told
    /// @param storedAt by the broker's clock
    @SuppressWarnings("ArrayRecordComponent") // read once, by the one who asked
    record Told(
            long sequence,
            Kind kind,
            NodeName from,
            Map<String, String> headers,
            byte[] payload,
            Instant storedAt) {
        public Told {
            headers = Map.copyOf(headers);
        }

        /// On which it was told.
        public String subject() {
            return ClusterBus.subject(kind, from);
        }
    }

    /// On which a node tells something.
    static String subject(Kind kind, NodeName from) {
        return "clusterbus." + kind.word() + "." + from;
    }

    /// How the stream is.
    ///
    /// @param created when it was made, by the broker's clock: another stream has another time
    /// @param last the sequence of the newest; 0 if there was never one
    record State(Instant created, long last) {}

    /// Tells all nodes; returns when it is stored. What failed may be stored all the same, and may
    /// be told again with the same id.
    ///
    /// @param id the broker stores what has the same id within two minutes once
    /// @param payload 256 KiB at most
    void tell(Kind kind, NodeName from, String id, byte[] payload)
            throws BrokerException, InterruptedException;

    /// What comes behind `sequence`, the oldest first: a request each. What has no subject of the
    /// bus is left out.
    ///
    /// @return less than `limit` only if there was no more
    List<Told> after(long sequence, int limit) throws BrokerException, InterruptedException;

    /// How the stream is; made if it is missing.
    State state() throws BrokerException, InterruptedException;

    /// Called, until the returned handle is closed, each time something was told and is stored;
    /// must return at once. What is told while this node is not connected is not called for, nor is
    /// what others put into the stream past [#tell].
    AutoCloseable onTold(Runnable listener);
}
