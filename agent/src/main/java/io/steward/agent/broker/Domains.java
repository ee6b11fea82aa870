package io.steward.agent.broker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// In which JetStream domains mailboxes are, as PubAcks tell: that of a node behind a leaf node
/// with a JetStream of its own is not in the domain in which this agent is. Kept over connections,
/// not over restarts of the agent. Thread-safe.
final class Domains {
    private static final int MAX_STREAMS = 20_000;

    private final Map<String, String> byStream = new ConcurrentHashMap<>();

    /// @param domain as the PubAck has it; null if it has none
    void saw(String stream, @Nullable String domain) {
        if (domain == null) {
            byStream.remove(stream);
        } else if (!domain.equals(byStream.get(stream))) {
            if (byStream.size() >= MAX_STREAMS) {
                byStream.clear();
            }
            byStream.put(stream, domain);
        }
    }

    /// @return null if it is not known
    @Nullable String of(String stream) {
        return byStream.get(stream);
    }
}
