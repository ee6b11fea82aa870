package io.steward.agent.adoption;

import io.steward.agent.identity.PublicKey;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A machine that has asked to be a member of the fleet, and what became of that.
///
/// @param key its own; what it signs with
/// @param state how it stands
/// @param wants the name it would like to have
/// @param node the name it has as a member, or had; null before
/// @param cloud null for none
/// @param facts what it says of itself
/// @param token the key of the join token with which it asked; null for none
/// @param asked when it asked first
/// @param since when it came to be in this state
/// @param by who has put it into this state
/// @param reason why it is not a member; null otherwise
/// @param membership the token that makes it one; null if it is none. Of a former key the one by
///   which what it has signed is known until that has ended
/// @param former the key that it had before, until it has come with this one
public record Machine(
        PublicKey key,
        State state,
        String wants,
        @Nullable NodeName node,
        @Nullable String cloud,
        List<String> tags,
        Map<String, String> facts,
        @Nullable PublicKey token,
        Instant asked,
        Instant since,
        String by,
        @Nullable String reason,
        @Nullable String membership,
        @Nullable PublicKey former) {

    /// How a machine stands.
    public enum State {
        /// It waits for somebody to decide.
        PENDING,
        MEMBER,
        /// The key of a member that has another one now.
        FORMER,
        REFUSED,
        /// It was a member.
        REVOKED;

        /// As people and files see it.
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public Machine {
        tags = List.copyOf(tags);
        facts = Map.copyOf(facts);
        boolean isKnown = state == State.MEMBER || state == State.FORMER;
        if (isKnown != (membership != null) || (isKnown && node == null)) {
            throw new IllegalArgumentException(
                    "machine %s is %s: expected a name and a token of exactly a member"
                            .formatted(key, state.word()));
        }
    }

    static Machine pending(
            PublicKey key,
            String wants,
            Map<String, String> facts,
            @Nullable PublicKey token,
            Instant at) {
        return new Machine(
                key,
                State.PENDING,
                wants,
                null,
                null,
                List.of(),
                facts,
                token,
                at,
                at,
                wants,
                null,
                null,
                null);
    }

    Machine member(
            NodeName name,
            @Nullable String inCloud,
            List<String> withTags,
            String membershipToken,
            Instant at,
            String who) {
        return new Machine(
                key,
                State.MEMBER,
                wants,
                name,
                inCloud,
                withTags,
                facts,
                token,
                asked,
                at,
                who,
                null,
                membershipToken,
                null);
    }

    /// The member with another key.
    ///
    /// @param says what it says of itself now
    Machine withKey(PublicKey next, Map<String, String> says, String membershipToken, Instant at) {
        return new Machine(
                next,
                State.MEMBER,
                wants,
                node,
                cloud,
                tags,
                says,
                token,
                asked,
                at,
                "its key before",
                null,
                membershipToken,
                key);
    }

    /// Its key is not this one any more.
    ///
    /// @param known by which what it has signed is known
    Machine former(PublicKey next, String known, Instant at) {
        return new Machine(
                key,
                State.FORMER,
                wants,
                node,
                cloud,
                tags,
                facts,
                null,
                asked,
                at,
                by,
                "its key is " + next.fingerprint() + " now",
                known,
                null);
    }

    /// It has come with its key: the one before opens nothing more.
    Machine settled() {
        return new Machine(
                key,
                state,
                wants,
                node,
                cloud,
                tags,
                facts,
                token,
                asked,
                since,
                by,
                reason,
                membership,
                null);
    }

    /// Refused or revoked.
    Machine out(State as, String why, Instant at, String who) {
        return new Machine(
                key, as, wants, node, cloud, tags, facts, token, asked, at, who, why, null, null);
    }

    /// Whether it is the member of this name.
    boolean isMember(NodeName name) {
        return state == State.MEMBER && Objects.equals(node, name);
    }
}
