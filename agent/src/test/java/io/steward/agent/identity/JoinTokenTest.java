package io.steward.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.NodeName;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinTokenTest {
    private static final Instant AT = Instant.parse("2026-11-22T05:00:00Z");

    @TempDir private Path folder;
    private FleetKeys fleet;

    @BeforeEach
    void makeKeys() throws Exception {
        fleet = FleetKeys.of(folder.resolve("fleet"), InstantSource.fixed(AT));
    }

    @Test
    void itsTextIsAllOfIt() throws Exception {
        JoinToken made = fleet.joinToken(AT.plusSeconds(900));
        JoinToken read = JoinToken.of(made.text() + "\n");
        assertThat(read.text()).isEqualTo(made.text());
        assertThat(read.account()).isEqualTo(fleet.account());
        assertThat(read.expiresAt()).isEqualTo(AT.plusSeconds(900));
        assertThat(made.text()).matches("[A-Za-z0-9._-]+"); // it may stand in a URL
        assertThat(made.toString()).doesNotContain(made.key().seed());
    }

    @Test
    void whatIsNoneIsNotRepeated() throws Exception {
        JoinToken one = fleet.joinToken(null);
        JoinToken other = fleet.joinToken(null);
        String mixed =
                one.text().substring(0, one.text().lastIndexOf('.'))
                        + other.text().substring(other.text().lastIndexOf('.'));
        for (String text : List.of("", "secret", "SJ1.", "SJ1.a.b.c.secret", mixed)) {
            assertThatThrownBy(() -> JoinToken.of(text))
                    .as(text)
                    .isInstanceOf(IdentityException.class)
                    .hasMessageNotContaining("secret")
                    .hasMessageNotContaining(other.key().seed());
        }
    }

    @Test
    void aRequestIsOfItsKeyAndItsToken() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        JoinToken token = fleet.joinToken(null);
        String text =
                JoinRequest.sign(
                        machine, token.key(), "ship1", "i", Map.of("host", "a\u001b[2Jb"), AT);
        JoinRequest read = JoinRequest.read(text);
        assertThat(read.key()).isEqualTo(machine.known());
        assertThat(read.token()).isEqualTo(token.key().known());
        assertThat(read.name()).isEqualTo("ship1");
        assertThat(read.facts()).containsEntry("host", "a?[2Jb");
        String open = JoinRequest.sign(machine, null, "ship1", "i", Map.of(), AT);
        assertThat(JoinRequest.read(open).token()).isNull();
    }

    @Test
    void aTokenVouchesForOneKeyOnly() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        Key thief = Key.make(KeyKind.USER);
        JoinToken token = fleet.joinToken(null);
        Jwt overheard =
                Jwt.read(JoinRequest.sign(machine, token.key(), "ship1", "i", Map.of(), AT));
        Jwt forged =
                Jwt.issue(
                        thief,
                        thief.known(),
                        "ship1",
                        AT,
                        null,
                        Jwt.object()
                                .put("type", "steward-join")
                                .put("voucher", overheard.nats().path("voucher").asText()));
        assertThatThrownBy(() -> JoinRequest.read(forged.text()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("join token of another");
    }

    @Test
    void aMembershipIsNoRequestAndARequestNoMembership() throws Exception {
        Key machine = Key.make(KeyKind.USER);
        NodeName ship1 = new NodeName("ship1");
        Membership member =
                fleet.member(
                        ship1,
                        new NodeName("central"),
                        machine.known(),
                        Permissions.member(ship1),
                        "oslo",
                        List.of("web"),
                        null);
        assertThat(Membership.of(member.token())).isEqualTo(member);
        assertThatThrownBy(() -> JoinRequest.read(member.token()))
                .isInstanceOf(IdentityException.class);
        String request = JoinRequest.sign(machine, null, "ship1", "i", Map.of(), AT);
        assertThatThrownBy(() -> Membership.of(request)).isInstanceOf(IdentityException.class);
        assertThatThrownBy(() -> Membership.of(fleet.joinToken(null).token()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("makes nobody a member");
    }

    @Test
    void theKeysOfAFleetAreMadeOnce() throws Exception {
        FleetKeys again = FleetKeys.of(folder.resolve("fleet"), InstantSource.system());
        assertThat(again.account()).isEqualTo(fleet.account());
        assertThat(again.operatorToken()).isEqualTo(fleet.operatorToken());
        assertThat(again.accountToken()).isEqualTo(fleet.accountToken());
        String revoked = again.revoke(Map.of(Key.make(KeyKind.USER).known(), AT));
        assertThat(fleet.accountToken()).isEqualTo(revoked);
    }
}
