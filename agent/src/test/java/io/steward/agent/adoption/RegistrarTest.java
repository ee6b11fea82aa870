package io.steward.agent.adoption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.adoption.Machine.State;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.JoinRequest;
import io.steward.agent.identity.JoinToken;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.KeyKind;
import io.steward.agent.identity.Members;
import io.steward.agent.identity.Membership;
import io.steward.agent.identity.Permissions;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarTest {
    private static final Registrar.Terms AS_IT_WANTS =
            new Registrar.Terms(null, null, List.of(), false);

    @TempDir private Path folder;
    private final List<String> told = new ArrayList<>();
    private final Map<String, String> rows = new HashMap<>();
    private final List<String> accounts = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-22T05:00:00Z");
    private boolean brokerIsAway;
    private FleetKeys keys;
    private final List<String> decided = new ArrayList<>();
    private Registrar registrar;
    private @Nullable JoinToken usual;

    @BeforeEach
    void open() throws Exception {
        keys = FleetKeys.of(folder, () -> now);
        registrar =
                new Registrar(
                        folder,
                        keys,
                        new NodeName("central"),
                        new Registrar.AtBroker() {
                            @Override
                            public void makeMailbox(NodeName node) throws BrokerException {
                                tell("mailbox " + node);
                            }

                            @Override
                            public void keep(String key, String row) throws BrokerException {
                                tell("row " + key);
                                rows.put(key, row);
                            }

                            @Override
                            public void revoke(String account) throws BrokerException {
                                tell("revoke");
                                accounts.add(account);
                            }
                        },
                        (what, about) -> decided.add(what + " " + about.getOrDefault("node", "")),
                        () -> now);
    }

    private void tell(String what) throws BrokerException {
        if (brokerIsAway) {
            throw new BrokerException(BrokerException.Kind.UNREACHABLE, "the broker is away");
        }
        told.add(what);
    }

    private JsonNode ask(Key machine, @Nullable JoinToken token, String name) throws Exception {
        return ask(machine, token, name, "process-1");
    }

    private JsonNode ask(Key machine, @Nullable JoinToken token, String name, String instance)
            throws Exception {
        String request =
                JoinRequest.sign(
                        machine,
                        token == null ? usual().key() : token.key(),
                        name,
                        instance,
                        Map.of("host", "box"),
                        now);
        return answer(request);
    }

    private JsonNode answer(String request) throws Exception {
        return new JsonMapper()
                .readTree(registrar.answer(request.getBytes(StandardCharsets.UTF_8)));
    }

    /// With which anybody may ask.
    private JoinToken usual() throws Exception {
        JoinToken made =
                usual == null
                        ? registrar.token(null, 0, false, null, null, List.of(), "ann")
                        : usual;
        usual = made;
        return made;
    }

    private JoinToken token(int uses) throws Exception {
        return registrar.token(
                Duration.ofMinutes(15), uses, false, null, "oslo", List.of("web"), "ann");
    }

    private Machine only() {
        assertThat(registrar.machines()).hasSize(1);
        return registrar.machines().getFirst().machine();
    }

    @Test
    void aMachineWaitsUntilSomebodyHasDecidedAndIsAMemberThen() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = token(1);
        assertThat(ask(machine, token, "ship1").path("state").asText()).isEqualTo("pending");
        assertThat(only().state()).isEqualTo(State.PENDING);
        Registrar.Terms terms = new Registrar.Terms(null, "bergen", List.of("db"), false);
        registrar.accept(machine.known().fingerprint(), terms, "ann");
        assertThat(decided).containsExactly("token ", "adopted ship1");
        JsonNode answer = ask(machine, token, "ship1");
        assertThat(answer.path("state").asText()).isEqualTo("member");
        Membership member = Membership.of(answer.path("membership").asText());
        assertThat(member.node()).hasToString("ship1");
        assertThat(member.key()).isEqualTo(machine.known());
        assertThat(member.account()).isEqualTo(keys.account());
        assertThat(member.cloud()).as("the token's").isEqualTo("oslo");
        assertThat(member.tags()).containsExactly("db", "web");
        assertThat(told).startsWith("mailbox ship1", "row ship1");
    }

    @Test
    void allOfItOutlivesTheAgent() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = token(1);
        ask(machine, token, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "ann");
        Machine before = only();
        open();
        assertThat(only()).isEqualTo(before);
        assertThat(ask(machine, token, "ship1").path("state").asText()).isEqualTo("member");
        assertThat(registrar.tokens()).hasSize(1);
    }

    @Test
    void adoptingAgainChangesNothing() throws Exception {
        ask(Key.make(KeyKind.USER), token(1), "ship1");
        Machine member = registrar.accept("ship1", AS_IT_WANTS, "ann").machine();
        assertThat(registrar.accept("ship1", AS_IT_WANTS, "bob").machine()).isEqualTo(member);
        Registrar.Terms other = new Registrar.Terms("ship2", null, List.of(), false);
        assertThatThrownBy(() -> registrar.accept("ship1", other, "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("member already, as ship1");
    }

    @Test
    void aBrokerThatIsAwayLeavesItPending() throws Exception {
        ask(Key.make(KeyKind.USER), token(1), "ship1");
        brokerIsAway = true;
        assertThatThrownBy(() -> registrar.accept("ship1", AS_IT_WANTS, "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("the mailbox of ship1 cannot be made: the broker is away");
        assertThat(only().state()).isEqualTo(State.PENDING);
        brokerIsAway = false;
        registrar.accept("ship1", AS_IT_WANTS, "ann");
        assertThat(only().state()).isEqualTo(State.MEMBER);
    }

    @Test
    void aTokenIsForAsManyMachinesAsItSaysAndAsLong() throws Exception {
        JoinToken token = token(1);
        Key first = Key.make(KeyKind.USER);
        ask(first, token, "ship1");
        JsonNode second = ask(Key.make(KeyKind.USER), token, "ship2");
        assertThat(second.path("state").asText()).isEqualTo("refused");
        assertThat(second.path("reason").asText()).contains("was for 1 machine,");
        assertThat(ask(first, token, "ship1").path("state").asText()).isEqualTo("pending");

        JoinToken old = token(0);
        now = now.plus(Duration.ofMinutes(15));
        assertThat(ask(Key.make(KeyKind.USER), old, "ship3").path("reason").asText())
                .contains("was good until 2026-11-22T05:15:00Z");
        JoinToken revoked = token(0);
        registrar.revokeToken(revoked.key().known().fingerprint());
        assertThat(told).containsExactly("row =revoked", "revoke");
        assertThat(ask(Key.make(KeyKind.USER), revoked, "ship4").path("reason").asText())
                .contains("was revoked at");
        JoinToken foreign = FleetKeys.of(folder.resolve("other"), () -> now).joinToken(null);
        assertThat(ask(Key.make(KeyKind.USER), foreign, "ship5").path("reason").asText())
                .contains("not one of this fleet");
        only();
    }

    @Test
    void theLocalTokenAdoptsWithoutAnybodyBeingAskedUntilItIsRevoked() throws Exception {
        JoinToken local = JoinToken.of(registrar.localToken());
        assertThat(registrar.localToken()).isEqualTo(local.text());
        assertThat(ask(Key.make(KeyKind.USER), local, "ship1").path("state").asText())
                .isEqualTo("member");
        JsonNode second = ask(Key.make(KeyKind.USER), local, "ship1");
        assertThat(second.path("state").asText()).isEqualTo("pending");
        assertThat(second.path("reason").asText()).contains("the name ship1 is that of a member");
        registrar.revokeToken(local.key().known().text());
        assertThat(registrar.localToken()).isNotEqualTo(local.text());
    }

    @Test
    void anAutomaticTokenMayBeForCertainNamesOnly() throws Exception {
        JoinToken token = registrar.token(null, 0, true, "ship-*", null, List.of(), "ann");
        assertThat(ask(Key.make(KeyKind.USER), token, "ship-7").path("state").asText())
                .isEqualTo("member");
        assertThat(ask(Key.make(KeyKind.USER), token, "central-2").path("state").asText())
                .isEqualTo("pending");
        assertThat(ask(Key.make(KeyKind.USER), token, "ship-7/../x").path("state").asText())
                .isEqualTo("pending");
        assertThat(registrar.pending()).isEqualTo(2);
        assertThatThrownBy(() -> registrar.token(null, 0, true, "[", null, List.of(), "ann"))
                .isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void aNameIsOneMachinesUntilThatIsReplaced() throws Exception {
        Key first = Key.make(KeyKind.USER);
        JoinToken token = token(0);
        ask(first, token, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "ann");
        Key second = Key.make(KeyKind.USER);
        ask(second, token, "ship1");
        String fingerprint = second.known().fingerprint();
        assertThatThrownBy(() -> registrar.accept(fingerprint, AS_IT_WANTS, "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining(first.known().fingerprint())
                .hasMessageContaining("--replace");
        registrar.accept(fingerprint, new Registrar.Terms(null, null, List.of(), true), "ann");
        assertThat(told)
                .containsExactly(
                        "mailbox ship1",
                        "row ship1",
                        "row =revoked",
                        "revoke",
                        "mailbox ship1",
                        "row ship1");
        assertThat(ask(first, token, "ship1").path("reason").asText())
                .isEqualTo("revoked: replaced by " + fingerprint);
        assertThat(ask(second, token, "ship1").path("state").asText()).isEqualTo("member");
        for (String reserved : List.of("central", "adopt", "ClusterBus", "a b")) {
            Key other = Key.make(KeyKind.USER);
            ask(other, token, reserved);
            assertThatThrownBy(() -> registrar.accept(other.known().text(), AS_IT_WANTS, "ann"))
                    .as(reserved)
                    .isInstanceOf(AdoptionException.class)
                    .hasMessageContaining(reserved.equals("a b") ? "a b" : reserved);
        }
    }

    @Test
    void whoIsRevokedIsNoMemberAlsoWhereTheBrokerWasAway() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = token(0);
        ask(machine, token, "ship1");
        assertThatThrownBy(() -> registrar.revoke("ship1", "stolen", "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("is pending: expected a member");
        registrar.accept("ship1", AS_IT_WANTS, "ann");
        assertThatThrownBy(() -> registrar.refuse("ship1", "stolen", "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("is member, as ship1");
        brokerIsAway = true;
        assertThatThrownBy(() -> registrar.revoke("ship1", "stolen", "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("the broker has not been told");
        assertThat(only().state()).isEqualTo(State.REVOKED);
        brokerIsAway = false;
        registrar.revoke(machine.known().fingerprint(), "stolen", "ann");
        assertThat(told).containsExactly("mailbox ship1", "row ship1", "row =revoked", "revoke");
        assertThat(keys.accountToken()).isNotEmpty();
        assertThat(ask(machine, token, "ship1").path("reason").asText())
                .isEqualTo("revoked: stolen");
    }

    @Test
    void whoIsRefusedStaysOutUntilAdopted() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = token(0);
        ask(machine, token, "ship1");
        registrar.refuse("ship1", "not ours", "ann");
        assertThat(ask(machine, token, "ship1").path("reason").asText())
                .isEqualTo("refused: not ours");
        registrar.accept(machine.known().text(), AS_IT_WANTS, "ann");
        assertThat(ask(machine, token, "ship1").path("state").asText()).isEqualTo("member");
    }

    @Test
    void twoMachinesWithOneKeyAreSeen() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = token(0);
        ask(machine, token, "ship1", "process-1");
        assertThat(registrar.machines().getFirst().twin()).isNull();
        now = now.plusSeconds(30);
        ask(machine, token, "ship1", "process-2");
        assertThat(registrar.machines().getFirst().twin()).as("it was restarted").isNull();
        now = now.plusSeconds(3);
        ask(machine, token, "ship1", "process-3");
        assertThat(registrar.machines().getFirst().twin()).as("and again").isNull();
        ask(machine, token, "ship1", "process-2");
        assertThat(registrar.machines().getFirst().twin()).contains("two processes ask");
    }

    @Test
    void aNameThatSeveralWaitForIsNotEnough() throws Exception {
        JoinToken token = token(0);
        ask(Key.make(KeyKind.USER), token, "ship1");
        ask(Key.make(KeyKind.USER), token, "ship1");
        assertThatThrownBy(() -> registrar.accept("ship1", AS_IT_WANTS, "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("2 machines are \"ship1\"");
        assertThatThrownBy(() -> registrar.accept("nobody", AS_IT_WANTS, "ann"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("no machine \"nobody\"");
    }

    private JsonNode rotate(Key next, @Nullable Key before) throws Exception {
        return answer(JoinRequest.sign(next, before, "ship1", "process-1", Map.of(), now));
    }

    private List<String> keysIn(String row) throws Exception {
        List<String> found = new ArrayList<>();
        for (String line : row.lines().toList()) {
            found.add(Membership.of(line).key().text());
        }
        return found;
    }

    private boolean opens(Key key) throws Exception {
        return !new String(
                        Base64.getUrlDecoder().decode(accounts.getLast().split("\\.", -1)[1]),
                        StandardCharsets.UTF_8)
                .contains(key.known().text());
    }

    @Test
    void aMemberHasAnotherKeyForWhichTheOneBeforeVouches() throws Exception {
        Key first = Key.make(KeyKind.USER);
        Key second = Key.make(KeyKind.USER);
        ask(first, null, "ship1");
        registrar.accept("ship1", new Registrar.Terms(null, "oslo", List.of("web"), false), "me");

        JsonNode answer = rotate(second, first);
        Membership member = Membership.of(answer.path("membership").asText());
        assertThat(member.key()).isEqualTo(second.known());
        assertThat(member.node()).isEqualTo(new NodeName("ship1"));
        assertThat(member.cloud()).isEqualTo("oslo");
        assertThat(member.tags()).containsExactly("web");
        assertThat(keysIn(rows.getOrDefault("ship1", "")))
                .containsExactly(second.known().text(), first.known().text());
        assertThat(accounts).isEmpty(); // the one before still opens the broker

        assertThat(rotate(second, first).path("state").asText()).isEqualTo("member");
        open();
        assertThat(rotate(second, first).path("state").asText()).isEqualTo("member");
        assertThat(accounts).isEmpty();

        now = now.plusSeconds(10);
        assertThat(ask(second, null, "ship1").path("state").asText()).isEqualTo("member");
        assertThat(opens(first)).isFalse();
        assertThat(opens(second)).isTrue();
        assertThat(keysIn(rows.getOrDefault("ship1", ""))).contains(first.known().text());
        assertThat(rows.get(Members.REVOKED)).isNotNull();
        assertThat(ask(first, null, "ship1").path("state").asText()).isEqualTo("refused");
        assertThat(rotate(Key.make(KeyKind.USER), first).path("reason").asText())
                .contains("is former");
    }

    @Test
    void withAMemberItsFormerKeysAreRevoked() throws Exception {
        Key first = Key.make(KeyKind.USER);
        Key second = Key.make(KeyKind.USER);
        ask(first, null, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "me");
        rotate(second, first);
        registrar.revoke("ship1", "stolen", "me");
        assertThat(opens(first)).isFalse();
        assertThat(opens(second)).isFalse();
        assertThat(rotate(Key.make(KeyKind.USER), second).path("reason").asText())
                .contains("is revoked");
    }

    @Test
    void whoHasNoJoinTokenDoesNotWait() throws Exception {
        assertThat(rotate(Key.make(KeyKind.USER), null).path("reason").asText())
                .contains("without the signature of a join token");
        assertThat(registrar.pending()).isZero();
    }

    @Test
    void whoWasRevokedIsNotLetInByBeingRefused() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        ask(machine, null, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "me");
        String fingerprint = machine.known().fingerprint();
        registrar.revoke("ship1", "stolen", "me");
        assertThatThrownBy(() -> registrar.refuse(fingerprint, "no", "me"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("is revoked");
        assertThat(opens(machine)).isFalse();
        registrar.accept(fingerprint, AS_IT_WANTS, "me");
        assertThat(opens(machine)).isTrue();
    }

    @Test
    void nobodyGetsTheNameOfTheAgentThatAdopts() throws Exception {
        Key own = Key.make(KeyKind.USER);
        NodeName central = new NodeName("central");
        registrar.tell(
                keys.member(
                        central, central, own.known(), Permissions.all(), null, List.of(), null));
        ask(Key.make(KeyKind.USER), null, "thief");
        assertThatThrownBy(() ->
                        registrar.accept(
                                "thief",
                                new Registrar.Terms("central", null, List.of(), true),
                                "me"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("is that of this node, which adopts");
        assertThat(opens(own)).isTrue();
    }

    @Test
    void aFormerKeyIsNoMachineToAdoptAndCountsForNoToken() throws Exception {
        JoinToken two = registrar.token(null, 2, false, null, null, List.of(), "ann");
        Key first = Key.make(KeyKind.USER);
        Key second = Key.make(KeyKind.USER);
        ask(first, two, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "me");
        rotate(second, first);
        assertThat(registrar.uses(two.key().known())).isEqualTo(1);
        assertThatThrownBy(() -> registrar.accept(first.known().fingerprint(), AS_IT_WANTS, "me"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("is a former key of ship1");
    }

    @Test
    void whatIsNoRowOfTheFleetIsSeen() throws Exception {
        ask(Key.make(KeyKind.USER), null, "ship1");
        registrar.accept("ship1", AS_IT_WANTS, "me");
        registrar.tell(
                keys.member(
                        new NodeName("central"),
                        new NodeName("central"),
                        Key.make(KeyKind.USER).known(),
                        Permissions.all(),
                        null,
                        List.of(),
                        null));
        for (String row : rows.values()) {
            assertThat(registrar.isRow(row.getBytes(StandardCharsets.UTF_8))).isTrue();
        }
        assertThat(
                        registrar.isRow(
                                "{\"type\":\"io.nats.jetstream\"}"
                                        .getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void aStrangerCannotVouch() throws Exception {
        Key stranger = Key.make(KeyKind.USER);
        assertThat(rotate(Key.make(KeyKind.USER), stranger).path("reason").asText())
                .contains("not one of this fleet");
        ask(stranger, null, "ship1");
        assertThat(rotate(Key.make(KeyKind.USER), stranger).path("reason").asText())
                .contains("is pending");
    }

    @Test
    void theAgentWithTheKeysOfTheFleetCannotRevokeItself() throws Exception {
        Key own = Key.make(KeyKind.USER);
        NodeName central = new NodeName("central");
        registrar.tell(
                keys.member(
                        central, central, own.known(), Permissions.all(), null, List.of(), null));
        assertThatThrownBy(() -> registrar.revoke("central", "why not", "me"))
                .isInstanceOf(AdoptionException.class)
                .hasMessageContaining("central is this agent");
    }

    @Test
    void whatIsNoRequestIsNotAnswered() {
        assertThat(registrar.answer(new byte[0])).isEmpty();
        assertThat(registrar.answer(new byte[100_000])).isEmpty();
        assertThat(registrar.machines()).isEmpty();
    }
}
