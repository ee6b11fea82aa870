package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nats.client.AuthenticationException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.steward.cli.Steward.Run;
import io.steward.cli.Steward.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// From a bare machine to a member and out again, as processes of their own, with each of them
/// killed on the way.
@Timeout(180)
class AdoptionIT {
    private static final Pattern FINGERPRINT =
            Pattern.compile("steward adopt accept ([0-9a-f]{4}(?:-[0-9a-f]{4}){3})");

    @TempDir private Path folder;
    private Steward steward;
    private Running up;

    @BeforeEach
    void startTheFleet() throws Exception {
        steward = new Steward(folder);
        up = up();
    }

    @AfterEach
    void stop() throws Exception {
        steward.close();
    }

    private Running up() throws Exception {
        Running started =
                steward.start(
                        "up",
                        "--node",
                        "central",
                        "--data",
                        steward.data("central").toString(),
                        "--broker-port",
                        "0",
                        "--http",
                        "127.0.0.1:0");
        started.awaitSaid("Ctrl-C");
        return started;
    }

    /// The address of the broker without a join token.
    private String broker() throws Exception {
        String url = Files.readString(steward.data("central").resolve("broker/url")).strip();
        return "nats://" + url.substring(url.indexOf('@') + 1);
    }

    /// A machine that has the token and nothing else.
    private Running machine(String name, String token) throws Exception {
        return steward.start(
                "agent",
                "--node",
                name,
                "--data",
                steward.data(name).toString(),
                "--central",
                "central",
                "--broker",
                token.isEmpty() ? broker() : broker().replace("://", "://" + token + "@"),
                "--http",
                "127.0.0.1:0");
    }

    private String token(String... options) throws Exception {
        String[] command = new String[options.length + 2];
        command[0] = "adopt";
        command[1] = "token";
        System.arraycopy(options, 0, command, 2, options.length);
        Run made = steward.run(command);
        assertThat(made.exit()).as(made.err()).isZero();
        return made.out().strip();
    }

    private static String fingerprint(Running machine) throws Exception {
        machine.awaitSaid("waiting to be adopted");
        Matcher found = FINGERPRINT.matcher(machine.said());
        assertThat(found.find()).as(machine.said()).isTrue();
        return found.group(1);
    }

    private void kill(Running one) throws Exception {
        one.process().destroyForcibly().waitFor();
    }

    private void accepted(String... command) throws Exception {
        Run run = steward.run(command);
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
    }

    @Test
    void aBareMachineBecomesAMemberWhoeverIsKilledOnTheWay() throws Exception {
        String token = token("--cloud", "oslo", "--tag", "web");
        Running machine = machine("box", token);
        String fingerprint = fingerprint(machine);
        assertThat(steward.run("adopt", "list").out())
                .contains(fingerprint)
                .contains("box")
                .contains("pending");

        kill(machine);
        machine = machine("box", token);
        assertThat(fingerprint(machine)).isEqualTo(fingerprint);
        kill(up);
        kill(machine);
        up = up();
        accepted("adopt", "accept", fingerprint, "--name", "ship1", "--tag", "db");
        kill(up);
        up = up();
        machine = machine("box", token);
        machine.awaitSaid("ship1 is ready");

        Run sent = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "adopted");
        assertThat(sent.out()).as(sent.err()).contains("adopted");
        assertThat(steward.run("nodes").out()).containsPattern("ship1 +up .* oslo +db web");
        for (String secret : new String[] {"node.nk", "node.creds", "membership.jwt"}) {
            Path file = steward.data("box").resolve("identity").resolve(secret);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }

        kill(machine);
        machine = machine("box", token);
        machine.awaitSaid("ship1 is ready");
        accepted("adopt", "revoke", "ship1", "--reason", "sold");
        Running revoked = machine;
        await().atMost(Steward.LONG).until(() -> revoked.said().contains("Authorization"));
        kill(machine);
        Files.delete(steward.data("box").resolve("identity/membership.jwt"));
        machine = machine("box", token("--auto"));
        machine.awaitSaid("revoked: sold");
        assertThat(machine.awaitEnd()).isNotZero();
    }

    @Test
    void aTokenIsForOneMachineAndARefusedOneIsToldWhy() throws Exception {
        String token = token();
        Running first = machine("first", token);
        String fingerprint = fingerprint(first);
        Running second = machine("second", token);
        second.awaitSaid("its join token was for 1 machine");
        assertThat(second.awaitEnd()).isNotZero();
        accepted("adopt", "refuse", fingerprint, "--reason", "not ours");
        first.awaitSaid("refused: not ours");
        assertThat(first.awaitEnd()).isNotZero();
        assertThat(first.said()).doesNotContain(token);

        Running late = machine("late", token("--life", "1s"));
        late.awaitSaid("the join token was good until");
        assertThat(late.awaitEnd()).isNotZero();

        Running bare = machine("bare", "SJ1.nonsense");
        bare.awaitSaid("not a join token");
        assertThat(bare.said()).doesNotContain("nonsense");
        assertThat(steward.run("adopt", "accept", "nobody").err())
                .contains("no machine \"nobody\" has asked");
    }

    @Test
    void aMemberHasAnotherKeyAndNothingIsLost() throws Exception {
        Running ship = machine("ship1", token("--auto"));
        ship.awaitSaid("ship1 is ready");
        Path key = steward.data("ship1").resolve("identity/node.nk");
        String old = Files.readString(key);
        Path login = folder.resolve("before.creds");
        Files.copy(key.resolveSibling("node.creds"), login);
        Nats.connect(as(login)).close();
        String id =
                steward.run(
                                "send-command",
                                "ship1",
                                "--detach",
                                "--",
                                "sh",
                                "-c",
                                "sleep 2; echo slept")
                        .out()
                        .strip();

        kill(up);
        Run unanswered = steward.runAt("ship1", "identity", "rotate");
        assertThat(unanswered.err()).contains("the key is changed when it does");
        up = up();
        Running again = ship;
        await().atMost(Steward.LONG)
                .until(() -> again.said().split("ship1 is ready", -1).length > 2);
        assertThat(Files.readString(key)).isNotEqualTo(old);
        assertThat(steward.run("status", id, "--wait", "60s").out()).contains("slept");
        Run after = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "after");
        assertThat(after.out()).as(after.err()).contains("after");
        await().atMost(Steward.LONG).until(() -> !Files.exists(key.resolveSibling("new")));
        assertThat(steward.run("adopt", "list", "--all").out()).contains("former");

        Options before = as(login);
        assertThatThrownBy(() -> Nats.connect(before))
                .as("the key before opens nothing more")
                .isInstanceOf(AuthenticationException.class);
    }

    private Options as(Path credentials) throws Exception {
        return new Options.Builder()
                .server(broker())
                .authHandler(Nats.credentials(credentials.toString()))
                .maxReconnects(0)
                .build();
    }
}
