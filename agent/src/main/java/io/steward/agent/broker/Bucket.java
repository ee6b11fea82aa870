package io.steward.agent.broker;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A key-value bucket of the cluster: rows that every agent may read. Every call waits for the
/// broker's answer. Thread-safe.
public interface Bucket {

    /// The buckets there are.
    enum Kind {
        /// `STEWARD_NODES`, a row for each node that ever had a connection, by its name; see
        /// [NodeRow].
        NODES(64L << 20, "What each Steward node is, and who has its name"),
        /// `STEWARD_FACTS`, what each node has said of its machine, by its name.
        FACTS(512L << 20, "What the machine of each Steward node is"),
        /// `STEWARD_GROUPS`, saved target expressions, by the name of the group.
        GROUPS(64L << 20, "Saved groups of Steward nodes"),
        /// `STEWARD_MAINTENANCE`, the nodes that are being worked at, by the name of the node.
        MAINTENANCE(64L << 20, "Steward nodes that are being worked at"),
        /// `STEWARD_MEMBERS`, which keys are whose, by the name of the node.
        MEMBERS(256L << 20, "The keys of the Steward nodes");

        private final long maxBytes;
        private final String description;

        Kind(long maxBytes, String description) {
            this.maxBytes = maxBytes;
            this.description = description;
        }

        long maxBytes() {
            return maxBytes;
        }

        String description() {
            return description;
        }

        /// As NATS clients know it.
        public String bucket() {
            return "STEWARD_" + name();
        }
    }

    /// @param revision counts up with each write of any row of the bucket
    /// @param writtenAt by the broker's clock
    @SuppressWarnings("ArrayRecordComponent") // read once, by the one who asked
    record Row(byte[] value, long revision, Instant writtenAt) {}

    /// Reads a row, from the one server that also takes the writes. Makes the bucket if it is
    /// missing.
    ///
    /// @param key a token of a subject
    Optional<Row> find(String key) throws BrokerException, InterruptedException;

    /// Writes a row if nobody else has written it meanwhile. The bucket has to be there: who writes
    /// has read before.
    ///
    /// @param value an empty one removes the row
    /// @param expected the revision the row has; 0 if there is no row
    /// @return the new revision; empty if the row has another one than expected
    OptionalLong write(String key, byte[] value, long expected)
            throws BrokerException, InterruptedException;

    /// All rows. Makes nothing: empty if there is no bucket.
    Map<String, Row> all() throws BrokerException, InterruptedException;
}
