package io.steward.agent.adoption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.adoption.Machine.State;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.JoinRequest;
import io.steward.agent.identity.JoinToken;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.Membership;
import io.steward.agent.identity.Permissions;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.FleetSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A machine that is to be a member of a fleet ("easy on"): it makes a key, which never leaves it,
/// asks until somebody has decided, and keeps what makes it a member. Killed at any time, it goes
/// on where it was.
public final class Joining {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final long PAUSE_MILLIS = 3_000;

    private final Settings settings;
    private final Key key;

    private Joining(Settings settings) throws IOException {
        this.settings = settings;
        this.key = Identity.key(settings.data());
    }

    /// The settings of a member: its name, cloud and tags, and how it logs in. Where there is no
    /// join token and it is no member, they are what they were. Waits until it is a member; being
    /// refused is an end too.
    ///
    /// @param facts what it says of itself to those who decide
    /// @throws IOException if it is refused, or a file cannot be read or kept; the message says why
    ///   and what to do
    public static Settings join(Settings settings, Map<String, String> facts)
            throws IOException, InterruptedException {
        Identity known = known(settings.data());
        String token = token(settings);
        if (settings.broker().embedded()
                || settings.broker().creds() != null
                || (known == null && token == null)) {
            return settings;
        }
        if (known == null) {
            Joining joining = new Joining(settings);
            known =
                    Identity.keep(
                            settings.data(),
                            joining.ask(joinToken(Objects.requireNonNull(token)), facts));
        }
        return as(settings, known);
    }

    private static @Nullable Identity known(Path data) throws IOException {
        try {
            return Identity.read(data);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /// Who a node is that logs in as a member.
    ///
    /// @return null where it logs in otherwise
    /// @throws IOException if a file cannot be read
    public static @Nullable Identity identity(Settings settings) throws IOException {
        Identity known = known(settings.data());
        return known != null && known.credentials().equals(settings.broker().creds())
                ? known
                : null;
    }

    /// That of the setting, or before the `@` of an address.
    private static @Nullable String token(Settings settings) {
        String given = settings.broker().join();
        return given != null
                ? given
                : settings.broker().urls().stream()
                        .map(URI::getUserInfo)
                        .filter(user -> user != null && JoinToken.isOne(user))
                        .findFirst()
                        .orElse(null);
    }

    private static JoinToken joinToken(String text) throws IOException {
        try {
            return JoinToken.of(text);
        } catch (IdentityException e) {
            throw new IOException("broker.join: " + e.getMessage(), e);
        }
    }

    private static Settings as(Settings settings, Identity identity) {
        Membership member = identity.membership();
        if (!member.node().equals(settings.node())) {
            LOG.info("the fleet knows this node as {}", member.node());
        }
        FleetSettings fleet = settings.fleet();
        TreeSet<String> tags = new TreeSet<>(fleet.tags());
        tags.addAll(member.tags());
        return settings.as(
                member.node(),
                member.central(),
                settings.broker().as(identity.credentials()),
                new FleetSettings(
                        member.cloud() == null ? fleet.cloud() : member.cloud(),
                        List.copyOf(tags),
                        fleet.heartbeat()));
    }

    private Membership ask(JoinToken token, Map<String, String> facts)
            throws IOException, InterruptedException {
        LOG.info(
                "this machine asks to be a member of the fleet; its fingerprint is {}",
                key.known().fingerprint());
        byte[] request =
                JoinRequest.sign(
                                key,
                                token.key(),
                                settings.node().value(),
                                UUID.randomUUID().toString(),
                                facts,
                                Instant.now())
                        .getBytes(StandardCharsets.UTF_8);
        String said = "";
        Semaphore changes = new Semaphore(0);
        try (Broker broker =
                JetStreamBroker.connect(settings.broker(), settings.mailbox(), token)) {
            broker.onStatus(_ -> changes.release());
            if (!broker.status().connected()) {
                var _ = changes.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
            while (true) {
                List<Broker.Answer> answers =
                        broker.ask(Permissions.JOIN, request, ANSWER, _ -> true);
                String now =
                        answers.isEmpty()
                                ? silence(broker.status())
                                : new String(answers.getFirst().payload(), StandardCharsets.UTF_8);
                Membership member = answers.isEmpty() ? null : member(now, token, said);
                if (member != null) {
                    return member;
                }
                if (answers.isEmpty() && isRefused(broker.status()) && hasEnded(token)) {
                    throw new IOException(
                            "broker.join: the broker does not let this machine in, and the join token was good until %s: ask for another one"
                                    .formatted(token.expiresAt()));
                }
                if (answers.isEmpty() && !now.equals(said)) {
                    LOG.warn("{}", now);
                }
                said = now;
                var _ = changes.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static boolean isRefused(Broker.Status status) {
        return !status.connected()
                && String.valueOf(status.problem()).toLowerCase(Locale.ROOT).contains("authoriz");
    }

    /// By the clock of this machine, which may be wrong: the broker decides.
    private static boolean hasEnded(JoinToken token) {
        return token.expiresAt() != null && !Instant.now().isBefore(token.expiresAt());
    }

    private static String silence(Broker.Status status) {
        return status.connected()
                ? "nobody at the broker decides who is a member now; asking on"
                : "no connection to the broker: %s; trying on".formatted(status.problem());
    }

    /// @return null while nobody has decided
    private @Nullable Membership member(String answer, JoinToken token, String before)
            throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IOException("what the broker answers is no JSON", e);
        }
        String state = json.path("state").asText();
        String reason = json.path("reason").asText("");
        if (state.equals(State.PENDING.word())) {
            if (!answer.equals(before)) {
                LOG.warn(
                        "waiting to be adopted{}: compare the fingerprint {}, and there: steward"
                                + " adopt accept {}",
                        reason.isEmpty() || reason.equals("null") ? "" : " (" + reason + ")",
                        key.known().fingerprint(),
                        key.known().fingerprint());
            }
            return null;
        }
        if (!state.equals(State.MEMBER.word())) {
            throw new IOException(
                    "this machine, fingerprint %s, is not let into the fleet: %s"
                            .formatted(key.known().fingerprint(), reason));
        }
        try {
            Membership member = Membership.of(json.path("membership").asText());
            if (member.account().equals(token.account()) && member.key().equals(key.known())) {
                return member;
            }
            throw new IOException(
                    "somebody who is not the fleet of the join token says that this machine is a member: %s by %s"
                            .formatted(member.key(), member.account()));
        } catch (IdentityException e) {
            throw new IOException("what makes this machine a member: " + e.getMessage(), e);
        }
    }
}
