package io.steward.bench;

import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.Members;
import io.steward.agent.identity.Membership;
import io.steward.agent.identity.Permissions;
import io.steward.agent.identity.Signing;
import io.steward.messages.NodeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// Measures what a signature costs: each message has one, and one is checked for each.
/// `bench/signatures` calls it.
public final class SignatureBench {
    private static final String SUBJECT = "ship1.command.shellcommand.operatingsystem";
    private static final int TIMES = 20_000;

    private SignatureBench() {}

    /// Measures, and prints a table.
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("steward-bench-");
        try {
            byte[] message = Bench.message();
            NodeName node = new NodeName("central");
            FleetKeys fleet = FleetKeys.of(folder.resolve("fleet"), InstantSource.system());
            Key key = Identity.key(folder);
            Membership member =
                    fleet.member(node, node, key.known(), Permissions.all(), null, List.of(), null);
            Members members =
                    new Members(
                            member,
                            row -> row.equals(Members.REVOKED) ? null : member.token(),
                            InstantSource.system());
            Signing signing = new Signing(key);
            Map<String, String> headers = signing.headers(SUBJECT, message);

            Latency sign = Latency.of(TIMES, TIMES, _ -> signing.headers(SUBJECT, message));
            Latency check =
                    Latency.of(TIMES, TIMES, _ -> members.check(node, headers, SUBJECT, message));
            KeyPair jdk = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            Latency jdkSign = Latency.of(TIMES / 10, TIMES / 10, _ -> sign(jdk, message));
            byte[] signed = sign(jdk, message);
            Latency jdkCheck = Latency.of(TIMES / 10, TIMES / 10, _ -> check(jdk, message, signed));
            Latency commit = BareParts.commit(folder, message);
            System.out.printf(
                    "| a message of %,d bytes, one thread | p50 / p99 ms |%n", message.length);
            System.out.println("|---|---|");
            row("signed, as it is published", sign);
            row("checked, as it is taken in: key, membership, revocations, signature", check);
            row("Ed25519 of the JDK: signed", jdkSign);
            row("Ed25519 of the JDK: checked", jdkCheck);
            row("durable SQLite commit", commit);
            System.out.printf(
                    "%nSigned and checked, of one durable commit: %.2f%n",
                    (sign.p50() + check.p50()) / commit.p50());
        } finally {
            Bench.delete(folder);
        }
    }

    private static void row(String what, Latency latency) {
        System.out.printf("| %s | %.3f / %.3f |%n", what, latency.p50(), latency.p99());
    }

    private static byte[] sign(KeyPair key, byte[] message) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    private static void check(KeyPair key, byte[] message, byte[] signed) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(key.getPublic());
        signature.update(message);
        if (!signature.verify(signed)) {
            throw new IllegalStateException("a signature does not hold");
        }
    }
}
