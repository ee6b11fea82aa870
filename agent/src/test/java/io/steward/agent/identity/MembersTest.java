package io.steward.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final NodeName OTHER = new NodeName("ship2");
    private static final String SUBJECT = "ship1.command.shellcommand.operatingsystem";
    private static final byte[] PAYLOAD = "{\"from\":\"central\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;
    private int reads;
    private final Map<String, String> rows = new HashMap<>();
    private Instant now = Instant.parse("2026-11-22T05:00:00Z");
    private boolean brokerIsAway;
    private FleetKeys fleet;
    private Key central;
    private Key other;
    private Members members;

    @BeforeEach
    void makeFleet() throws Exception {
        fleet = FleetKeys.of(folder, () -> now);
        central = Key.make(KeyKind.USER);
        other = Key.make(KeyKind.USER);
        Key ship = Key.make(KeyKind.USER);
        rows.put("central", member(CENTRAL, central).token());
        rows.put("ship2", member(OTHER, other).token());
        members = new Members(member(SHIP, ship), this::find, () -> now);
    }

    private @Nullable String find(String key) throws IOException {
        if (brokerIsAway) {
            throw new IOException("the broker is away");
        }
        reads++;
        return rows.get(key);
    }

    private Membership member(NodeName node, Key key) {
        return fleet.member(
                node, CENTRAL, key.known(), Permissions.member(node), "oslo", List.of("web"), null);
    }

    private void check(Map<String, String> headers) throws Exception {
        members.check(CENTRAL, headers, SUBJECT, PAYLOAD);
    }

    private void isRefused(Map<String, String> headers, String... why) {
        assertThatThrownBy(() -> check(headers))
                .isInstanceOf(IdentityException.class)
                .hasMessageContainingAll(why);
    }

    private Map<String, String> signed() {
        return new Signing(central).headers(SUBJECT, PAYLOAD);
    }

    @Test
    void whatAMemberHasSignedIsItsOwn() throws Exception {
        check(signed());
        Membership from = members.check(CENTRAL, signed(), SUBJECT, PAYLOAD);
        assertThat(from.cloud()).isEqualTo("oslo");
        assertThat(from.tags()).containsExactly("web");
    }

    @Test
    void whatIsNotSignedIsRefused() {
        isRefused(Map.of(), "not signed", "central");
    }

    @Test
    void anotherMemberCannotSignForIt() {
        isRefused(
                new Signing(other).headers(SUBJECT, PAYLOAD),
                "central is not known to have the key",
                other.known().text());
        Map<String, String> mixed = new HashMap<>(new Signing(other).headers(SUBJECT, PAYLOAD));
        mixed.put(Signing.KEY, central.known().text());
        isRefused(mixed, "central has not signed it");
    }

    @Test
    void aSignatureIsForOneSubjectAndOnePayload() {
        Map<String, String> headers = signed();
        assertThatThrownBy(() ->
                        members.check(CENTRAL, headers, SUBJECT.replace("ship1", "ship2"), PAYLOAD))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("has not signed it");
        assertThatThrownBy(() ->
                        members.check(CENTRAL, headers, SUBJECT.replace("shell", "hell"), PAYLOAD))
                .isInstanceOf(IdentityException.class);
        for (int bit = 0; bit < PAYLOAD.length * 8; bit++) {
            byte[] changed = PAYLOAD.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> members.check(CENTRAL, headers, SUBJECT, changed))
                    .as("bit %d", bit)
                    .isInstanceOf(IdentityException.class);
        }
    }

    @Test
    void howYoungAMessageIsIsSignedToo() throws Exception {
        Map<String, String> headers =
                new HashMap<>(
                        new Signing(central).headers(SUBJECT, Duration.ofMillis(-70), PAYLOAD));
        check(headers);
        assertThat(headers).containsEntry(Signing.AHEAD, "-70");
        for (String changed : List.of("", "70", "-70\n", "-71", "864000000")) {
            headers.put(Signing.AHEAD, changed);
            isRefused(headers, "has not signed it");
        }
        headers.remove(Signing.AHEAD);
        isRefused(headers, "has not signed it");
    }

    @Test
    void whatIsNoKeyOrNoSignatureIsRefused() {
        Map<String, String> headers = new HashMap<>(signed());
        headers.put(Signing.SIGNATURE, "no base64!");
        isRefused(headers, Signing.SIGNATURE);
        headers.remove(Signing.SIGNATURE);
        isRefused(headers, "has not signed it");
        headers.put(Signing.KEY, "U");
        isRefused(headers, Signing.KEY);
        headers.put(Signing.KEY, fleet.account().text());
        isRefused(headers, Signing.KEY);
    }

    @Test
    void aRowThatTheFleetHasNotSignedMakesNobodyAMember() throws Exception {
        FleetKeys foreign = FleetKeys.of(folder.resolve("foreign"), () -> now);
        Key thief = Key.make(KeyKind.USER);
        rows.put(
                "central",
                foreign.member(
                                CENTRAL,
                                CENTRAL,
                                thief.known(),
                                Permissions.all(),
                                null,
                                List.of(),
                                null)
                        .token());
        assertThatThrownBy(() -> check(new Signing(thief).headers(SUBJECT, PAYLOAD)))
                .as("it may have been overwritten, and be mended")
                .isInstanceOf(IOException.class);
        now = now.plusSeconds(31);
        isRefused(new Signing(thief).headers(SUBJECT, PAYLOAD), "is not known to have the key");
        now = now.plusSeconds(3);
        rows.put("central", member(OTHER, thief).token());
        isRefused(new Signing(thief).headers(SUBJECT, PAYLOAD), "is not known to have the key");
    }

    @Test
    void aKeyThatCameLaterIsKnownAtOnce() throws Exception {
        check(signed());
        Key next = Key.make(KeyKind.USER);
        rows.put(
                "central",
                Members.row(
                        List.of(member(CENTRAL, central).token(), member(CENTRAL, next).token())));
        check(new Signing(next).headers(SUBJECT, PAYLOAD));
        check(signed());
    }

    @Test
    void aRevokedKeyIsRefusedAndNobodyGoesBackToOlderRevocations() throws Exception {
        check(signed());
        String none = fleet.revocations(Map.of());
        now = now.plusSeconds(60);
        rows.put(Members.REVOKED, fleet.revocations(Map.of(central.known(), now)));
        isRefused(signed(), "is revoked");
        rows.put(Members.REVOKED, none);
        now = now.plusSeconds(60);
        isRefused(signed(), "is revoked");
        rows.put(Members.REVOKED, "nonsense");
        now = now.plusSeconds(60);
        isRefused(signed(), "is revoked");
    }

    @Test
    void onlyTheFleetRevokes() throws Exception {
        FleetKeys foreign = FleetKeys.of(folder.resolve("foreign"), () -> now);
        rows.put(Members.REVOKED, foreign.revocations(Map.of(central.known(), now)));
        assertThatThrownBy(() -> check(signed())).isInstanceOf(IOException.class);
        rows.put(Members.REVOKED, fleet.revocations(Map.of()));
        check(signed());
    }

    @Test
    void aMembershipEnds() throws Exception {
        rows.put(
                "central",
                fleet.member(
                                CENTRAL,
                                CENTRAL,
                                central.known(),
                                Permissions.all(),
                                null,
                                List.of(),
                                now.plus(Duration.ofDays(1)))
                        .token());
        check(signed());
        now = now.plus(Duration.ofDays(1));
        isRefused(signed(), "ended at 2026-11-23T05:00:00Z");
    }

    @Test
    void unknownKeysHaveTheRowReadAgainOnlySoOften() throws Exception {
        check(signed());
        reads = 0;
        for (int i = 0; i < 100; i++) {
            isRefused(
                    new Signing(Key.make(KeyKind.USER)).headers(SUBJECT, PAYLOAD),
                    "is not known to have the key");
        }
        assertThat(reads).isLessThan(20);
        now = now.plusSeconds(3);
        isRefused(new Signing(other).headers(SUBJECT, PAYLOAD), "is not known to have the key");
        check(signed());
    }

    @Test
    void whatANodeIsIsToldByItsNewestMembership() throws Exception {
        assertThat(members.find(CENTRAL)).isPresent();
        assertThat(members.find(new NodeName("nobody"))).isEmpty();
        Membership found = members.find(OTHER).orElseThrow();
        assertThat(found.cloud()).isEqualTo("oslo");
        assertThat(found.tags()).containsExactly("web");
        now = now.plusSeconds(60);
        rows.put(Members.REVOKED, fleet.revocations(Map.of(other.known(), now)));
        assertThat(members.find(OTHER)).isEmpty();
    }

    @Test
    void strangersAreNotRememberedWithoutEnd() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            NodeName stranger = new NodeName("stranger-" + i);
            assertThatThrownBy(() -> members.check(stranger, signed(), SUBJECT, PAYLOAD))
                    .isInstanceOf(IdentityException.class);
        }
        assertThat(members.remembered()).isLessThan(1_010);
    }

    @Test
    void aBrokerThatIsAwayIsNoForgery() {
        brokerIsAway = true;
        assertThatThrownBy(() -> check(signed()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the broker is away");
    }
}
