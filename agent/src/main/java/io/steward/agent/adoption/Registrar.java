package io.steward.agent.adoption;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.adoption.AdoptionException.Kind;
import io.steward.agent.adoption.Machine.State;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.identity.Credentials;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.JoinRequest;
import io.steward.agent.identity.JoinToken;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.KeyKind;
import io.steward.agent.identity.Members;
import io.steward.agent.identity.Membership;
import io.steward.agent.identity.Permissions;
import io.steward.agent.identity.PublicKey;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides who is a member of the fleet, at the agent that has its keys. Each machine is a file,
/// written durably before anybody hears of what is in it, so that all of this may end anywhere and
/// be done again. Thread-safe.
public final class Registrar {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

    /// Strangers who wait; more are not kept.
    private static final int MOST_PENDING = 10_000;

    /// Two processes that ask with one key within this time are two machines.
    private static final Duration TOGETHER = Duration.ofSeconds(20);

    /// So long what a former key has signed is taken: as long as a message may be on its way.
    private static final Duration ON_ITS_WAY = Duration.ofDays(9);

    private static final Set<String> RESERVED = Set.of("clusterbus", "modbus", "adopt");

    /// What the broker has to do when members change.
    public interface AtBroker {
        /// Makes the mailbox of a new member; there may be one.
        void makeMailbox(NodeName node) throws BrokerException, InterruptedException;

        /// Keeps a row of [io.steward.agent.identity.Members], for all nodes to read.
        ///
        /// @param row empty to remove it
        void keep(String key, String row) throws BrokerException, InterruptedException;

        /// Has it let in nobody any more whose key is revoked, and end the connections of those.
        ///
        /// @param account the token of the fleet's account
        void revoke(String account) throws BrokerException, InterruptedException;
    }

    /// Hears of everything that is decided, before it holds.
    @FunctionalInterface
    public interface Witness {
        /// Must have it for good when it returns, or throw: then it is not done.
        ///
        /// @param what `adopted`, `refused`, `revoked`, `client`, `rotated`, `token` or
        ///   `token-revoked`
        void decided(String what, Map<String, String> about);
    }

    /// What a machine is adopted as.
    ///
    /// @param name null for the one it would like to have
    /// @param cloud null for that of its join token, or none
    /// @param tags beside those of its join token
    /// @param replace whether the member that has the name is revoked
    public record Terms(
            @Nullable String name, @Nullable String cloud, List<String> tags, boolean replace) {
        public Terms {
            tags = List.copyOf(tags);
        }
    }

    /// A machine, and what is known of it while this agent runs.
    ///
    /// @param seen when it asked last; null if not since this agent was started
    /// @param twin what is known of another one with the same key; null for none
    public record Known(Machine machine, @Nullable Instant seen, @Nullable String twin) {}

    /// @param earlier the process that asked before this one; empty if there was none
    private record Asking(String instance, String earlier, Instant at, @Nullable String twin) {}

    private final Path folder;
    private final FleetKeys keys;
    private final NodeName self;
    private final AtBroker atBroker;
    private final Witness witness;
    private final InstantSource clock;
    private final RecordFolder<Machine> machines;
    private final RecordFolder<TokenTerms> tokens;
    private final Map<PublicKey, Asking> asking = new HashMap<>();

    /// @param folder where the machines are kept
    /// @param self the node of this agent
    /// @throws IOException if a file of it cannot be read; the message names it
    public Registrar(
            Path folder,
            FleetKeys keys,
            NodeName self,
            AtBroker atBroker,
            Witness witness,
            InstantSource clock)
            throws IOException {
        this.folder = folder;
        this.keys = keys;
        this.self = self;
        this.atBroker = atBroker;
        this.witness = witness;
        this.clock = clock;
        this.machines =
                new RecordFolder<>(
                        folder.resolve("machines"),
                        Machine::key,
                        MachineFile::json,
                        MachineFile::of);
        this.tokens =
                new RecordFolder<>(
                        folder.resolve("tokens"),
                        TokenTerms::key,
                        TokenTerms::json,
                        TokenTerms::of);
        for (Machine machine : List.copyOf(machines.all().values())) {
            retireFormer(machine);
        }
    }

    /// All machines that have asked, in the order in which they did.
    public synchronized List<Known> machines() {
        return machines.all().values().stream()
                .sorted(
                        Comparator.comparing(Machine::asked)
                                .thenComparing(machine -> machine.key().text()))
                .map(this::known)
                .toList();
    }

    private Known known(Machine machine) {
        Asking last = asking.get(machine.key());
        return new Known(
                machine, last == null ? null : last.at(), last == null ? null : last.twin());
    }

    /// All join tokens that were made, in the order in which they were.
    public synchronized List<TokenTerms> tokens() {
        return tokens.all().values().stream()
                .sorted(
                        Comparator.comparing(TokenTerms::madeAt)
                                .thenComparing(token -> token.key().text()))
                .toList();
    }

    /// How many have asked with a token.
    public synchronized long uses(PublicKey token) {
        return machines.all().values().stream()
                .filter(machine -> token.equals(machine.token()))
                .count();
    }

    /// Answers a machine that asks to be a member; asking again changes nothing.
    ///
    /// @param request as [JoinRequest] writes it
    /// @return JSON; empty for what is no such question
    public byte[] answer(byte[] request) {
        try {
            JoinRequest asked = JoinRequest.read(new String(request, StandardCharsets.UTF_8));
            return answer(asked).toString().getBytes(StandardCharsets.UTF_8);
        } catch (IdentityException e) {
            LOG.debug("a join request that is none: {}", e.getMessage());
            return new byte[0];
        } catch (IOException e) {
            LOG.error("a machine that asks to be a member cannot be kept", e);
            return new byte[0];
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new byte[0];
        }
    }

    private synchronized ObjectNode answer(JoinRequest asked)
            throws IOException, InterruptedException {
        Machine machine = machines.all().get(asked.key());
        if (machine == null && asked.token() != null) {
            Machine before = machines.all().get(asked.token());
            if (before != null) {
                return rotated(before, asked);
            }
        }
        if (machine == null) {
            String problem = problem(asked.token());
            if (problem != null) {
                return refused(problem);
            }
            machine =
                    Machine.pending(asked.key(), asked.name(), asked.facts(), asked.token(), now());
            machines.put(machine);
            LOG.info(
                    "a machine asks to be a member of the fleet: {}, fingerprint {}",
                    asked.name(),
                    asked.key().fingerprint());
        }
        saw(asked);
        if (machine.state() == State.PENDING && isAutomatic(machine)) {
            try {
                machine = accept(machine, new Terms(null, null, List.of(), false), "join token");
            } catch (AdoptionException e) {
                return pending(e.getMessage());
            }
        }
        return switch (machine.state()) {
            case PENDING -> pending(null);
            case MEMBER -> settled(machine, asked);
            case FORMER, REFUSED, REVOKED ->
                    refused(machine.state().word() + ": " + machine.reason());
        };
    }

    private static boolean isName(String wants) {
        try {
            var _ = new NodeName(wants);
            return true;
        } catch (IllegalArgumentException e) {
            return false; // why: somebody has to give it one
        }
    }

    /// A member has another key, for which its key before vouches.
    private ObjectNode rotated(Machine before, JoinRequest asked)
            throws IOException, InterruptedException {
        NodeName name = before.node();
        if (before.state() != State.MEMBER || name == null) {
            return refused(
                    "the key %s, which vouches for it, is %s: expected that of a member"
                            .formatted(before.key().fingerprint(), before.state().word()));
        }
        Membership next =
                keys.member(
                        name,
                        self,
                        asked.key(),
                        permissions(name),
                        before.cloud(),
                        before.tags(),
                        null);
        Map<String, String> about = about(asked.key(), before.key().fingerprint());
        about.put("node", name.value());
        witness.decided("rotated", about);
        Machine machine = before.withKey(asked.key(), asked.facts(), next.token(), now());
        machines.put(machine);
        LOG.info(
                "{} has another key: fingerprint {} instead of {}",
                name,
                asked.key().fingerprint(),
                before.key().fingerprint());
        return settled(machine, asked);
    }

    private Permissions permissions(NodeName name) {
        return name.equals(self) ? Permissions.all() : Permissions.member(name);
    }

    /// Where its key is new, all nodes know it before the machine uses it, and once it does, the
    /// one before opens nothing more.
    private ObjectNode settled(Machine machine, JoinRequest asked)
            throws IOException, InterruptedException {
        if (machine.former() == null) {
            return admittedAgain(machine);
        }
        retireFormer(machine);
        NodeName name = Objects.requireNonNull(machine.node());
        try {
            atBroker.keep(name.value(), row(name));
            if (!machine.former().equals(asked.token())) {
                machines.put(machine.settled());
                tellOfRevoked();
            }
            return member(machine);
        } catch (BrokerException e) {
            return pending("the broker does not hear of its key: " + e.getMessage());
        }
    }

    /// It asks although it is one: what the broker has lost is made again.
    private ObjectNode admittedAgain(Machine machine) throws InterruptedException {
        NodeName name = Objects.requireNonNull(machine.node());
        try {
            atBroker.makeMailbox(name);
            atBroker.keep(name.value(), row(name));
            return member(machine);
        } catch (BrokerException e) {
            return pending("its mailbox cannot be made: " + e.getMessage());
        }
    }

    private void retireFormer(Machine machine) throws IOException {
        PublicKey key = machine.former();
        Machine former = key == null ? null : machines.all().get(key);
        NodeName name = machine.node();
        if (former != null && former.state() == State.MEMBER && name != null) {
            Membership known =
                    keys.member(
                            name,
                            self,
                            former.key(),
                            Permissions.none(),
                            former.cloud(),
                            former.tags(),
                            now().plus(ON_ITS_WAY));
            machines.put(former.former(machine.key(), known.token(), now()));
        }
    }

    /// Of the keys of a node: its own, and those that it had, of which something may be on its way.
    private String row(NodeName name) {
        return Members.row(
                machines.all().values().stream()
                        .filter(machine -> name.equals(machine.node()))
                        .sorted(Comparator.comparing(Machine::state))
                        .flatMap(machine -> Stream.ofNullable(machine.membership()))
                        .toList());
    }

    /// How many machines wait to be adopted.
    public synchronized long pending() {
        return machines.all().values().stream()
                .filter(machine -> machine.state() == State.PENDING)
                .count();
    }

    private @Nullable String problem(@Nullable PublicKey token) {
        long waiting = pending();
        if (waiting >= MOST_PENDING) {
            return "%d machines wait already: refuse some".formatted(waiting);
        }
        if (token == null) {
            // why: who may ask has a token, or is a member; made up keys would wait without end
            return "it asks without the signature of a join token: expected one";
        }
        TokenTerms terms = tokens.all().get(token);
        return terms == null
                ? "its join token is not one of this fleet"
                : terms.problem(now(), uses(token));
    }

    private boolean isAutomatic(Machine machine) {
        PublicKey token = machine.token();
        TokenTerms terms = token == null ? null : tokens.all().get(token);
        return terms != null
                && isName(machine.wants())
                && terms.adopts(machine.wants())
                && terms.problem(now(), 0) == null;
    }

    private void saw(JoinRequest asked) {
        Asking before = asking.get(asked.key());
        String twin = before == null ? null : before.twin();
        boolean isOther = before != null && !before.instance().equals(asked.instance());
        // why: the first of the two has to come again; else it was only started again
        if (before != null
                && isOther
                && asked.instance().equals(before.earlier())
                && before.at().plus(TOGETHER).isAfter(now())) {
            twin =
                    "two processes ask with this key: is one machine a copy of the other? (%s)"
                            .formatted(asked.facts().getOrDefault("host", "?"));
        }
        String earlier = before == null ? "" : isOther ? before.instance() : before.earlier();
        asking.put(asked.key(), new Asking(asked.instance(), earlier, now(), twin));
    }

    private static ObjectNode pending(@Nullable String why) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("state", State.PENDING.word());
        json.put("reason", why);
        return json;
    }

    private static ObjectNode refused(String why) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("state", State.REFUSED.word());
        json.put("reason", why);
        return json;
    }

    private ObjectNode member(Machine machine) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("state", State.MEMBER.word());
        json.put("membership", machine.membership());
        return json;
    }

    /// Adopts a machine: makes its mailbox, and signs that it is a member. Doing it again does no
    /// harm.
    ///
    /// @param who its key, its fingerprint, or the name it would like to have where that is one
    ///   machine only
    /// @param by who does it
    /// @throws AdoptionException if there is no such machine, the name is another's, or the broker
    ///   cannot make its mailbox
    public synchronized Known accept(String who, Terms terms, String by)
            throws AdoptionException, IOException, InterruptedException {
        return known(accept(find(who), terms, by));
    }

    private Machine accept(Machine machine, Terms terms, String by)
            throws AdoptionException, IOException, InterruptedException {
        NodeName name = name(terms.name() == null ? machine.wants() : terms.name());
        if (machine.state() == State.MEMBER) {
            if (machine.isMember(name) || terms.name() == null) {
                return machine;
            }
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "%s is a member already, as %s: revoke it first"
                            .formatted(machine.key().fingerprint(), machine.node()));
        }
        if (machine.state() == State.FORMER) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "%s is a former key of %s: expected a machine that waits, or was turned away"
                            .formatted(machine.key().fingerprint(), machine.node()));
        }
        Optional<Machine> holder = holder(name);
        if (holder.isEmpty() || !terms.replace() || name.equals(self)) {
            requireFree(name);
        }
        if (holder.isPresent()) {
            out(holder.get(), State.REVOKED, "replaced by " + machine.key().fingerprint(), by);
            revokeAtBroker();
        }
        TokenTerms token = machine.token() == null ? null : tokens.all().get(machine.token());
        String cloud = token != null && token.cloud() != null ? token.cloud() : terms.cloud();
        List<String> tags =
                Stream.concat(
                                token == null ? Stream.of() : token.tags().stream(),
                                terms.tags().stream())
                        .distinct()
                        .sorted()
                        .toList();
        Membership membership =
                keys.member(name, self, machine.key(), permissions(name), cloud, tags, null);
        Map<String, String> about = about(machine.key(), by);
        about.put("node", name.value());
        about.put("cloud", cloud == null ? "" : cloud);
        about.put("tags", String.join(",", tags));
        witness.decided("adopted", about);
        admit(name, membership);
        Machine member = machine.member(name, cloud, tags, membership.token(), now(), by);
        machines.put(member);
        if (machine.state() == State.REVOKED) {
            revokeAtBroker(); // why: its key opens the broker again
        }
        LOG.info("{} is a member now, fingerprint {}", name, machine.key().fingerprint());
        return member;
    }

    /// Before the machine hears of it, and before it is kept: done again, it does no harm.
    private void admit(NodeName name, Membership membership)
            throws AdoptionException, InterruptedException {
        try {
            atBroker.makeMailbox(name);
            atBroker.keep(name.value(), Members.row(List.of(membership.token())));
        } catch (BrokerException e) {
            throw new AdoptionException(
                    Kind.UNREACHABLE,
                    "the mailbox of %s cannot be made: %s".formatted(name, e.getMessage()));
        }
    }

    /// Makes credentials for a NATS client without an agent, which is a member by this name.
    ///
    /// @return the text of a `.creds` file; its secret is kept nowhere
    /// @throws AdoptionException if the name is another's, or the broker cannot be told
    public synchronized String client(String given, String by)
            throws AdoptionException, IOException, InterruptedException {
        NodeName name = name(given);
        requireFree(name);
        Key key = Key.make(KeyKind.USER);
        Membership membership =
                keys.member(
                        name, self, key.known(), Permissions.client(name), null, List.of(), null);
        Map<String, String> about = about(key.known(), by);
        about.put("node", name.value());
        witness.decided("client", about);
        try {
            atBroker.keep(name.value(), Members.row(List.of(membership.token())));
        } catch (BrokerException e) {
            throw new AdoptionException(
                    Kind.UNREACHABLE,
                    "the key of %s cannot be made known: %s".formatted(name, e.getMessage()));
        }
        machines.put(
                Machine.pending(
                                key.known(),
                                name.value(),
                                Map.of("host", "a client without an agent"),
                                null,
                                now())
                        .member(name, null, List.of(), membership.token(), now(), by));
        return Credentials.of(membership.token(), key);
    }

    private void requireFree(NodeName name) throws AdoptionException {
        if (name.equals(self)) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "the name %s is that of this node, which adopts: expected another name"
                            .formatted(name));
        }
        Optional<Machine> holder = holder(name);
        if (holder.isPresent()) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "the name %s is that of a member, fingerprint %s: expected another name, or to revoke that one (adopt accept --replace)"
                            .formatted(name, holder.get().key().fingerprint()));
        }
    }

    private Optional<Machine> holder(NodeName name) {
        return machines.all().values().stream().filter(other -> other.isMember(name)).findFirst();
    }

    private static NodeName name(String given) throws AdoptionException {
        try {
            NodeName name = new NodeName(given);
            if (!RESERVED.contains(given.toLowerCase(Locale.ROOT))) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            throw new AdoptionException(Kind.CONFLICT, String.valueOf(e.getMessage()));
        }
        throw new AdoptionException(
                Kind.CONFLICT, "\"%s\" is reserved: expected another name".formatted(given));
    }

    /// Does not let a machine in that waits.
    ///
    /// @throws AdoptionException if there is no such machine, or it is a member
    public synchronized Known refuse(String who, String reason, String by)
            throws AdoptionException, IOException {
        Machine machine = find(who);
        if (machine.state() != State.PENDING && machine.state() != State.REFUSED) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "%s is %s, as %s: expected one that waits; to end a membership, revoke it"
                            .formatted(
                                    machine.key().fingerprint(),
                                    machine.state().word(),
                                    machine.node()));
        }
        return known(out(machine, State.REFUSED, reason, by));
    }

    /// Ends a membership, at the broker too. Doing it again has the broker told again.
    ///
    /// @throws AdoptionException if there is no such member, or the broker cannot be told: it is no
    ///   member any more all the same, and the broker hears of it with the next start
    public synchronized Known revoke(String who, String reason, String by)
            throws AdoptionException, IOException, InterruptedException {
        Machine machine = find(who);
        if (machine.state() != State.MEMBER && machine.state() != State.REVOKED) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "%s is %s: expected a member; to turn one away that waits, refuse it"
                            .formatted(machine.key().fingerprint(), machine.state().word()));
        }
        if (self.equals(machine.node()) && machine.state() == State.MEMBER) {
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "%s is this agent, which has the keys of the fleet: expected another member"
                            .formatted(self));
        }
        Machine revoked =
                machine.state() == State.REVOKED
                        ? machine
                        : out(machine, State.REVOKED, reason, by);
        revokeAtBroker();
        return known(revoked);
    }

    private Machine out(Machine machine, State state, String reason, String by) throws IOException {
        Map<String, String> about = about(machine.key(), by);
        about.put(
                "node", String.valueOf(machine.node() == null ? machine.wants() : machine.node()));
        about.put("reason", reason);
        witness.decided(state.word(), about);
        Machine out = machine.out(state, reason, now(), by);
        machines.put(out);
        for (Machine other : List.copyOf(machines.all().values())) {
            if (other.state() == State.FORMER && Objects.equals(other.node(), machine.node())) {
                machines.put(other.out(state, reason, now(), by));
            }
        }
        LOG.info(
                "{} is {}: {}, fingerprint {}",
                machine.node() == null ? machine.wants() : machine.node(),
                state.word(),
                reason,
                machine.key().fingerprint());
        return out;
    }

    private void revokeAtBroker() throws AdoptionException, IOException, InterruptedException {
        try {
            tellOfRevoked();
        } catch (BrokerException e) {
            throw new AdoptionException(
                    Kind.UNREACHABLE,
                    "it is revoked, and the broker has not been told: %s; do it again, or restart this agent"
                            .formatted(e.getMessage()));
        }
    }

    private void tellOfRevoked() throws BrokerException, IOException, InterruptedException {
        Map<PublicKey, Instant> revoked = revoked();
        atBroker.keep(Members.REVOKED, keys.revocations(revoked));
        Set<PublicKey> inUse = new HashSet<>();
        machines.all()
                .values()
                .forEach(machine -> {
                    if (machine.former() != null) {
                        inUse.add(machine.former());
                    }
                });
        // why: what a former key has signed still counts, but nobody logs in with it
        machines.all().values().stream()
                .filter(machine ->
                        machine.state() == State.FORMER && !inUse.contains(machine.key()))
                .forEach(machine -> revoked.put(machine.key(), machine.since()));
        atBroker.revoke(keys.revoke(revoked));
    }

    /// Whether it is one of the rows that this agent writes. Any member can have the broker write
    /// something else there, as the answer to a question.
    public boolean isRow(byte[] value) {
        String text = new String(value, StandardCharsets.UTF_8);
        try {
            if (text.isEmpty() || Members.isRevocations(text, keys.account())) {
                return true;
            }
            for (String line : text.lines().toList()) {
                if (!Membership.of(line).account().equals(keys.account())) {
                    return false;
                }
            }
            return true;
        } catch (IdentityException e) {
            return false;
        }
    }

    /// Tells the broker and all nodes who is a member, and who no more: after a start, as the one
    /// before may have ended in between.
    ///
    /// @param own the membership of this node
    public synchronized void tell(Membership own)
            throws BrokerException, IOException, InterruptedException {
        enrol(own);
        tellOfRevoked();
        for (Machine machine : machines.all().values()) {
            if (machine.state() == State.MEMBER) {
                NodeName name = Objects.requireNonNull(machine.node());
                atBroker.keep(name.value(), row(name));
            }
        }
    }

    /// This agent is a member itself, by its own signature.
    private void enrol(Membership own) throws IOException {
        Machine known = machines.all().get(own.key());
        Machine machine =
                known != null
                        ? known
                        : Machine.pending(
                                own.key(),
                                own.node().value(),
                                Map.of("host", "this agent"),
                                null,
                                now());
        machines.put(
                new Machine(
                        own.key(),
                        State.MEMBER,
                        machine.wants(),
                        own.node(),
                        own.cloud(),
                        own.tags(),
                        machine.facts(),
                        null,
                        machine.asked(),
                        own.issuedAt(),
                        "this agent",
                        null,
                        own.token(),
                        machine.former()));
    }

    private Map<PublicKey, Instant> revoked() {
        Map<PublicKey, Instant> revoked = new TreeMap<>(Comparator.comparing(PublicKey::text));
        machines.all().values().stream()
                .filter(machine -> machine.state() == State.REVOKED)
                .forEach(machine -> revoked.put(machine.key(), machine.since()));
        tokens.all().values().stream()
                .filter(token -> token.revokedAt() != null)
                .forEach(token -> revoked.put(token.key(), token.revokedAt()));
        return revoked;
    }

    /// Makes a join token.
    ///
    /// @param life how long it is good; null for ever
    /// @param uses for how many machines; 0 for any number
    /// @param automatic whether nobody is asked
    /// @param names see [TokenTerms#names]
    /// @throws IOException if it cannot be kept
    public synchronized JoinToken token(
            @Nullable Duration life,
            int uses,
            boolean automatic,
            @Nullable String names,
            @Nullable String cloud,
            List<String> tags,
            String by)
            throws IOException {
        Instant now = now();
        JoinToken made = keys.joinToken(life == null ? null : now.plus(life));
        Map<String, String> about = about(made.key().known(), by);
        about.put("uses", uses == 0 ? "any" : String.valueOf(uses));
        about.put("automatic", String.valueOf(automatic));
        about.put("names", names == null ? "" : names);
        about.put("cloud", cloud == null ? "" : cloud);
        about.put("tags", String.join(",", tags));
        about.put("expiresAt", life == null ? "never" : String.valueOf(made.expiresAt()));
        witness.decided("token", about);
        tokens.put(
                new TokenTerms(
                        made.key().known(),
                        uses,
                        automatic,
                        names,
                        cloud,
                        tags,
                        by,
                        now,
                        made.expiresAt(),
                        null));
        return made;
    }

    /// The join token of this machine's own user, who can read the fleet's keys too: nobody is
    /// asked where it is used. Made on first use, and where the last one was revoked.
    ///
    /// @throws IOException if it cannot be read or kept
    public synchronized String localToken() throws IOException {
        Path file = folder.resolve("local.join");
        try {
            JoinToken kept = JoinToken.of(PrivateFile.secret(file));
            TokenTerms terms = tokens.all().get(kept.key().known());
            if (terms != null
                    && terms.revokedAt() == null
                    && kept.account().equals(keys.account())) {
                return kept.text();
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is made now", file);
        } catch (IdentityException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        String made = token(null, 0, true, null, null, List.of(), "this machine").text();
        PrivateFile.keep(file, made + "\n");
        return made;
    }

    /// Ends a join token: nobody may ask with it any more. Who was adopted with it stays.
    ///
    /// @param who its key, or its fingerprint
    /// @throws AdoptionException if there is none, or the broker cannot be told
    public synchronized TokenTerms revokeToken(String who)
            throws AdoptionException, IOException, InterruptedException {
        List<TokenTerms> found =
                tokens.all().values().stream().filter(token -> is(token.key(), who)).toList();
        if (found.size() != 1) {
            throw new AdoptionException(
                    Kind.UNKNOWN,
                    "%d join tokens are \"%s\": expected the fingerprint of one"
                            .formatted(found.size(), who));
        }
        TokenTerms revoked =
                found.getFirst().revokedAt() == null
                        ? found.getFirst().revoked(now())
                        : found.getFirst();
        witness.decided("token-revoked", about(revoked.key(), self.value()));
        tokens.put(revoked);
        revokeAtBroker();
        return revoked;
    }

    private static Map<String, String> about(PublicKey key, String by) {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("fingerprint", key.fingerprint());
        about.put("decidedBy", by);
        return about;
    }

    private Machine find(String who) throws AdoptionException {
        List<Machine> found =
                machines.all().values().stream().filter(machine -> is(machine.key(), who)).toList();
        if (found.isEmpty()) {
            found =
                    machines.all().values().stream()
                            .filter(machine ->
                                    machine.state() == State.MEMBER
                                            ? String.valueOf(machine.node()).equals(who)
                                            : machine.state() == State.PENDING
                                                    && machine.wants().equals(who))
                            .toList();
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new AdoptionException(
                Kind.UNKNOWN,
                found.isEmpty()
                        ? "no machine \"%s\" has asked to be a member: expected the fingerprint that it shows, its key, or its name"
                                .formatted(who)
                        : "%d machines are \"%s\": expected the fingerprint of one of %s"
                                .formatted(
                                        found.size(),
                                        who,
                                        String.join(
                                                ", ",
                                                found.stream()
                                                        .map(machine -> machine.key().fingerprint())
                                                        .toList())));
    }

    private static boolean is(PublicKey key, String who) {
        return key.text().equals(who) || key.fingerprint().equals(who.toLowerCase(Locale.ROOT));
    }

    private Instant now() {
        return clock.instant();
    }
}
