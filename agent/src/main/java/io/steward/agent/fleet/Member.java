package io.steward.agent.fleet;

import io.steward.agent.target.Candidate;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of one node.
///
/// @param since when it came to be as it is; null if that is not known
/// @param answers whether it answered just now; null if it was not asked
/// @param lastSign its last sign of life, by the broker's clock; null if there was none
/// @param agent the agent that has or had the name; null if none ever had
/// @param rival another agent that wants the name now; null if there is none
/// @param clockAhead how far the broker's clock is ahead of the node's; null if it did not tell
/// @param maintenance null if nobody works at it
public record Member(
        NodeName node,
        MemberState state,
        @Nullable Instant since,
        @Nullable Boolean answers,
        @Nullable Instant lastSign,
        @Nullable Agent agent,
        @Nullable Agent rival,
        @Nullable Duration clockAhead,
        @Nullable String cloud,
        Set<String> tags,
        @Nullable Maintenance maintenance) {
    public Member {
        tags = Set.copyOf(tags);
    }

    /// One run of an agent.
    public record Agent(String host, long pid, String data, String version, Instant startedAt) {}

    /// Somebody works at a node.
    ///
    /// @param until when that is over by itself; null if somebody has to say so
    /// @param by who said so, and from which node
    public record Maintenance(Instant since, @Nullable Instant until, String reason, String by) {}

    /// A node of which nothing is known.
    public static Member unknown(NodeName node) {
        return new Member(
                node,
                MemberState.UNKNOWN,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Set.of(),
                null);
    }

    Candidate with(Map<String, String> facts) {
        return new Candidate(node, state.word(), cloud, tags, facts);
    }
}
