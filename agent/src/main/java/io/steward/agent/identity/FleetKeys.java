package io.steward.agent.identity;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.files.PrivateFile;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of a fleet: who has this folder decides who is a member of it. The operator signs the
/// two accounts, that of the fleet and that of the broker itself; the account of the fleet signs
/// the nodes. Made on first use, each file durably, so that making them may end anywhere and be
/// begun again.
public final class FleetKeys {
    private final Path folder;
    private final InstantSource clock;
    private final Key operator;
    private final Key account;
    private final Key system;

    private FleetKeys(Path folder, InstantSource clock) throws IOException {
        this.folder = folder;
        this.clock = clock;
        this.operator = KeyFile.of(folder.resolve("operator.nk"), KeyKind.OPERATOR);
        this.account = KeyFile.of(folder.resolve("account.nk"), KeyKind.ACCOUNT);
        this.system = KeyFile.of(folder.resolve("system.nk"), KeyKind.ACCOUNT);
    }

    /// Where they are in the data folder of a node.
    public static Path folder(Path data) {
        return data.resolve("fleet");
    }

    /// Whether there are any in a folder.
    public static boolean areIn(Path folder) {
        return Files.exists(folder.resolve("operator.nk"));
    }

    /// @param folder made if missing, mode 0700
    /// @throws IOException if the keys cannot be read or made; the message names the file
    public static FleetKeys of(Path folder, InstantSource clock) throws IOException {
        PrivateFile.folders(folder);
        return new FleetKeys(folder, clock);
    }

    /// Whom all members of the fleet trust.
    public PublicKey account() {
        return account.known();
    }

    /// The account of the broker itself.
    public PublicKey system() {
        return system.known();
    }

    /// The token of the operator, for the configuration of a nats-server.
    ///
    /// @throws IOException if it cannot be read or kept
    public String operatorToken() throws IOException {
        return kept("operator.jwt", operator.known(), this::signOperator);
    }

    /// The token of the fleet's account.
    ///
    /// @throws IOException if it cannot be read or kept
    public String accountToken() throws IOException {
        return kept("account.jwt", account.known(), () -> sign(account, "steward", true, Map.of()));
    }

    /// Signs the token of the fleet's account anew, with the keys that are not to be let in.
    ///
    /// @param revoked since when; what was signed for them later is good again
    /// @throws IOException if it cannot be kept
    public String revoke(Map<PublicKey, Instant> revoked) throws IOException {
        String token = sign(account, "steward", true, revoked).text();
        PrivateFile.keep(folder.resolve("account.jwt"), token + "\n");
        return token;
    }

    /// The revoked keys as nodes know them, see [Members#REVOKED].
    public String revocations(Map<PublicKey, Instant> revoked) {
        return Revocations.sign(account, revoked, clock.instant());
    }

    /// What to log in with to the broker's own account.
    ///
    /// @throws IOException if its key cannot be read or made
    public String systemCredentials() throws IOException {
        Key user = KeyFile.of(folder.resolve("system-user.nk"), KeyKind.USER);
        Jwt token =
                Jwt.issue(
                        system,
                        user.known(),
                        "sys",
                        clock.instant(),
                        null,
                        user(Permissions.all()));
        return Credentials.of(token.text(), user);
    }

    /// The token of the broker's own account.
    ///
    /// @throws IOException if it cannot be read or kept
    public String systemToken() throws IOException {
        return kept("system.jwt", system.known(), () -> sign(system, "SYS", false, Map.of()));
    }

    /// Makes a node a member: this name has this key.
    ///
    /// @param cloud null for none
    /// @param expiresAt null for never
    public Membership member(
            NodeName node,
            NodeName central,
            PublicKey key,
            Permissions permissions,
            @Nullable String cloud,
            List<String> tags,
            @Nullable Instant expiresAt) {
        ObjectNode nats = user(permissions);
        ObjectNode own = nats.putObject(Membership.OWN);
        own.put("member", true);
        own.put("central", central.value());
        if (cloud != null) {
            own.put("cloud", cloud);
        }
        ArrayNode all = own.putArray("tags");
        tags.forEach(all::add);
        Jwt issued = Jwt.issue(account, key, node.value(), clock.instant(), expiresAt, nats);
        return new Membership(
                issued.text(),
                issued.issuer(),
                key,
                node,
                central,
                cloud,
                tags,
                issued.issuedAt(),
                issued.expiresAt());
    }

    /// Makes a join token.
    ///
    /// @param expiresAt from when on the broker refuses it; null for never
    /// @throws IOException if no key can be made
    public JoinToken joinToken(@Nullable Instant expiresAt) throws IOException {
        Key key = Key.make(KeyKind.USER);
        Jwt token =
                Jwt.issue(
                        account,
                        key.known(),
                        "join",
                        clock.instant(),
                        expiresAt,
                        user(Permissions.joining(key.known())));
        return new JoinToken(token.text(), key, account.known(), token.expiresAt());
    }

    private static ObjectNode user(Permissions permissions) {
        ObjectNode nats = permissions.claims();
        nats.put("subs", -1);
        nats.put("data", -1);
        nats.put("payload", -1);
        nats.put("type", "user");
        nats.put("version", 2);
        return nats;
    }

    /// The lines with which a nats-server lets in the members of this fleet and nobody else.
    ///
    /// @param accounts the folder in which it keeps the tokens of the accounts, quoted
    /// @throws IOException if the tokens cannot be read or kept
    public String serverConfiguration(String accounts) throws IOException {
        return """
        operator: "%s"
        system_account: %s
        resolver { type: full, dir: %s, allow_delete: false, interval: "2m" }
        resolver_preload {
          %s: "%s"
          %s: "%s"
        }\
        """
                .formatted(
                        operatorToken(),
                        system(),
                        accounts,
                        account(),
                        accountToken(),
                        system(),
                        systemToken());
    }

    @FunctionalInterface
    private interface Issuing {
        Jwt issue();
    }

    private String kept(String name, PublicKey subject, Issuing issuing) throws IOException {
        Path file = folder.resolve(name);
        try {
            Jwt known = Jwt.read(PrivateFile.secret(file));
            if (known.issuer().equals(operator.known()) && known.subject().equals(subject)) {
                return known.text();
            }
            throw new IOException(
                    "%s is a token about %s by %s: expected one about %s by %s; was a file of another fleet put here?"
                            .formatted(
                                    file,
                                    known.subject(),
                                    known.issuer(),
                                    subject,
                                    operator.known()));
        } catch (NoSuchFileException e) {
            String made = issuing.issue().text();
            PrivateFile.keep(file, made + "\n");
            return made;
        } catch (IdentityException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private Jwt signOperator() {
        ObjectNode nats = Jwt.object();
        nats.put("system_account", system.known().text());
        nats.put("type", "operator");
        nats.put("version", 2);
        return Jwt.issue(operator, operator.known(), "steward", clock.instant(), null, nats);
    }

    private Jwt sign(Key of, String name, boolean jetStream, Map<PublicKey, Instant> revoked) {
        ObjectNode nats = Jwt.object();
        ObjectNode limits = nats.putObject("limits");
        for (String unlimited : new String[] {"subs", "data", "payload", "imports", "exports"}) {
            limits.put(unlimited, -1);
        }
        limits.put("conn", -1);
        limits.put("leaf", -1);
        limits.put("wildcards", true);
        if (jetStream) {
            limits.put("mem_storage", -1);
            limits.put("disk_storage", -1);
            limits.put("streams", -1);
            limits.put("consumer", -1);
        }
        if (!revoked.isEmpty()) {
            ObjectNode all = nats.putObject("revocations");
            revoked.forEach((key, at) -> all.put(key.text(), at.getEpochSecond()));
        }
        nats.put("type", "account");
        nats.put("version", 2);
        return Jwt.issue(operator, of.known(), name, clock.instant(), null, nats);
    }
}
