package io.steward.agent.broker;

import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The key-value bucket `STEWARD_NODES` with a row for each node that ever had a connection. What a
/// row holds is the caller's; see [NodeRow]. Every call waits for the broker's answer. Thread-safe.
public interface NodeRows {

    /// @param revision counts up with each write of any row
    /// @param writtenAt by the broker's clock
    @SuppressWarnings("ArrayRecordComponent") // read once, by the one who asked
    record Row(byte[] value, long revision, Instant writtenAt) {}

    /// Reads a row, from the one server that also takes the writes. Makes the bucket if it is
    /// missing.
    Optional<Row> find(NodeName node) throws BrokerException, InterruptedException;

    /// Writes a row if nobody else has written it meanwhile.
    ///
    /// @param expected the revision the row has; 0 if there is no row
    /// @return the new revision; empty if the row has another one than expected
    OptionalLong write(NodeName node, byte[] value, long expected)
            throws BrokerException, InterruptedException;

    /// All rows. Makes nothing: empty if there is no bucket.
    Map<NodeName, Row> all() throws BrokerException, InterruptedException;
}
