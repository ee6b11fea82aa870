package io.steward.agent.identity;

import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The members of a fleet, as a node knows them: by rows at the broker, of which only those count
/// that the fleet's account has signed. Thread-safe.
public final class Members {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    /// The row of the keys that are revoked. No node has this name.
    public static final String REVOKED = "=revoked";

    /// So many names that are no member's are remembered, so that nobody fills the memory with
    /// them.
    private static final int MOST_STRANGERS = 1_000;

    /// A row is read again so much later where a key is not in it.
    private static final Duration AGAIN = Duration.ofSeconds(2);

    /// Within this time a row that was overwritten is mended by the agent that adopts.
    private static final Duration MENDED = Duration.ofSeconds(30);

    /// So often the revoked keys are read.
    private static final Duration FRESH = Duration.ofSeconds(30);

    /// Where the rows are.
    @FunctionalInterface
    public interface Rows {
        /// @return null if there is none
        /// @throws IOException if it cannot be read now
        @Nullable String find(String key) throws IOException, InterruptedException;
    }

    /// Unknown keys for which a row is read again at once, as a node may have another key only now.
    private static final int MOST_UNKNOWN = 16;

    private record Row(Map<PublicKey, Membership> members, Instant read, Set<PublicKey> unknown) {
        Row(Map<PublicKey, Membership> members, Instant read) {
            this(members, read, new HashSet<>());
        }
    }

    private final PublicKey account;
    private final Rows rows;
    private final InstantSource clock;
    private final Map<NodeName, Row> known = new HashMap<>();
    private final SequencedSet<NodeName> strangers = new LinkedHashSet<>();
    private final Map<NodeName, Instant> spoilt = new HashMap<>();
    private @Nullable Revocations revocations;
    private Instant revocationsRead = Instant.EPOCH;

    /// @param own the membership of this node, whose account is that of the fleet
    public Members(Membership own, Rows rows, InstantSource clock) {
        this.account = own.account();
        this.rows = rows;
        this.clock = clock;
        known.put(own.node(), new Row(Map.of(own.key(), own), clock.instant()));
    }

    /// Checks that a node has signed what it is said to have published.
    ///
    /// @param from who it is said to be from
    /// @param headers with which it came
    /// @return the membership of who it is from
    /// @throws IdentityException if it is not; the message says what is wrong
    /// @throws IOException if that cannot be known now
    public Membership check(
            NodeName from, Map<String, String> headers, String subject, byte[] payload)
            throws IdentityException, IOException, InterruptedException {
        PublicKey key = key(from, headers.get(Signing.KEY));
        Membership member = member(from, key);
        if (hasEnded(member)) {
            throw new IdentityException(
                    "the membership of %s with key %s ended at %s"
                            .formatted(from, key, member.expiresAt()));
        }
        Revocations revoked = revocations();
        if (revoked != null && revoked.has(member)) {
            throw new IdentityException("the key %s of %s is revoked".formatted(key, from));
        }
        String ahead = headers.getOrDefault(Signing.AHEAD, "");
        if (ahead.contains("\n")
                || !key.hasSigned(Signing.signed(subject, ahead, payload), signature(headers))) {
            throw new IdentityException("%s has not signed it with key %s".formatted(from, key));
        }
        return member;
    }

    private static PublicKey key(NodeName from, @Nullable String text) throws IdentityException {
        if (text == null) {
            throw new IdentityException(
                    "it is not signed, and this fleet takes only what %s has signed"
                            .formatted(from));
        }
        try {
            PublicKey key = PublicKey.of(text);
            if (key.kind() == KeyKind.USER) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new IdentityException(Signing.KEY + ": " + e.getMessage());
        }
        throw new IdentityException(Signing.KEY + ": expected the key of a node");
    }

    private static byte[] signature(Map<String, String> headers) throws IdentityException {
        try {
            return Base64.getDecoder().decode(headers.getOrDefault(Signing.SIGNATURE, ""));
        } catch (IllegalArgumentException e) {
            throw new IdentityException(Signing.SIGNATURE + ": expected base64");
        }
    }

    private synchronized Membership member(NodeName node, PublicKey key)
            throws IdentityException, IOException, InterruptedException {
        Row row = known.get(node);
        Membership member = row == null ? null : row.members().get(key);
        if (member != null) {
            return member;
        }
        boolean first =
                row != null && row.unknown().size() < MOST_UNKNOWN && row.unknown().add(key);
        member = fresh(node, first).members().get(key);
        if (member == null) {
            throw new IdentityException("%s is not known to have the key %s".formatted(node, key));
        }
        return member;
    }

    /// Read again, if that is not only just done.
    ///
    /// @param anyway read it all the same
    private Row fresh(NodeName node, boolean anyway) throws IOException, InterruptedException {
        Row row = known.get(node);
        boolean isFresh = row != null && row.read().plus(AGAIN).isAfter(clock.instant());
        if (row != null && isFresh && !anyway) {
            return row;
        }
        Row read = read(node);
        if (row != null && isFresh) {
            read.unknown().addAll(row.unknown());
        }
        known.put(node, read);
        strangers.remove(node);
        if (read.members().isEmpty()) {
            strangers.add(node);
            if (strangers.size() > MOST_STRANGERS) {
                known.remove(strangers.removeFirst());
            }
        }
        return read;
    }

    /// What a node is in the fleet; of several memberships the one that was signed last.
    ///
    /// @return empty if it is no member, or no more
    /// @throws IOException if that cannot be known now
    public synchronized Optional<Membership> find(NodeName node)
            throws IOException, InterruptedException {
        Row row = known.get(node);
        Row now = row == null || row.members().isEmpty() ? fresh(node, false) : row;
        Revocations revoked = revocations();
        return now.members().values().stream()
                .filter(member -> !hasEnded(member))
                .filter(member -> revoked == null || !revoked.has(member))
                .max(Comparator.comparing(Membership::issuedAt));
    }

    private boolean hasEnded(Membership member) {
        return member.expiresAt() != null && !clock.instant().isBefore(member.expiresAt());
    }

    private Row read(NodeName node) throws IOException, InterruptedException {
        Map<PublicKey, Membership> members = new HashMap<>();
        String text = rows.find(node.value());
        for (String line : text == null ? List.<String>of() : text.lines().toList()) {
            try {
                Membership member = Membership.of(line);
                if (member.account().equals(account) && member.node().equals(node)) {
                    members.put(member.key(), member);
                }
            } catch (IdentityException e) {
                LOG.warn("the row of {}: {}", node, e.getMessage());
            }
        }
        Instant now = clock.instant();
        if (members.isEmpty() && text != null && !text.isEmpty()) {
            // why: a member can have the broker overwrite a row, until that is mended
            Instant since = spoilt.computeIfAbsent(node, _ -> now);
            if (since.plus(MENDED).isAfter(now)) {
                throw new IOException("the row of %s holds no membership now".formatted(node));
            }
        } else {
            spoilt.remove(node);
        }
        if (spoilt.size() > MOST_STRANGERS) {
            spoilt.clear();
        }
        return new Row(members, now);
    }

    /// Those that were signed last: nobody can go back to older ones.
    private synchronized @Nullable Revocations revocations()
            throws IOException, InterruptedException {
        if (revocationsRead.plus(FRESH).isAfter(clock.instant())) {
            return revocations;
        }
        String text = rows.find(REVOKED);
        revocationsRead = clock.instant();
        if (text != null) {
            try {
                Revocations read = Revocations.of(text, account);
                if (revocations == null || !read.issuedAt().isBefore(revocations.issuedAt())) {
                    revocations = read;
                }
            } catch (IdentityException e) {
                LOG.warn("the row of the revoked keys: {}", e.getMessage());
                if (revocations == null) {
                    revocationsRead = Instant.EPOCH;
                    throw new IOException("who is revoked cannot be read: " + e.getMessage(), e);
                }
            }
        }
        return revocations;
    }

    /// How many names are remembered.
    synchronized int remembered() {
        return known.size();
    }

    /// Whether it is what a fleet says of its revoked keys.
    public static boolean isRevocations(String text, PublicKey account) {
        try {
            var _ = Revocations.of(text, account);
            return true;
        } catch (IdentityException e) {
            return false;
        }
    }

    /// The text of a row.
    public static String row(List<String> memberships) {
        return String.join("\n", memberships);
    }
}
