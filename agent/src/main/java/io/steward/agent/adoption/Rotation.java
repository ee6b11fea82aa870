package io.steward.agent.adoption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.adoption.AdoptionException.Kind;
import io.steward.agent.adoption.Machine.State;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.JoinRequest;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.Membership;
import io.steward.agent.identity.Permissions;
import io.steward.agent.identity.PublicKey;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a member another key: the one that it has vouches for the next, the fleet makes that a
/// member under the same name, and the agent starts again with it. What was signed with the one
/// before is taken as long as it may be on its way. Killed anywhere, it can be done again.
/// Thread-safe.
public final class Rotation {
    private static final Logger LOG = LoggerFactory.getLogger(Rotation.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration AT_ONCE = Duration.ofMillis(200);
    private static final Duration LATER = Duration.ofMinutes(10);

    private final Path data;
    private final Identity identity;
    private final Broker broker;
    private final Map<String, String> facts;
    private final Runnable startAgain;
    private long lookedOver; // of the one process that goes on

    private final String instance = UUID.randomUUID().toString();

    /// @param data the folder of the agent
    /// @param identity which it has
    /// @param facts what it says of itself
    /// @param startAgain has the agent start again
    public Rotation(
            Path data,
            Identity identity,
            Broker broker,
            Map<String, String> facts,
            Runnable startAgain) {
        this.data = data;
        this.identity = identity;
        this.broker = broker;
        this.facts = Map.copyOf(facts);
        this.startAgain = startAgain;
    }

    /// Who this node is.
    public Membership membership() {
        return identity.membership();
    }

    /// Has the fleet know the next key, and keeps it. It is in use when the agent has started
    /// again, see [#startAgain].
    ///
    /// @return the next key
    /// @throws AdoptionException if nobody answers, or the fleet does not want it
    /// @throws IOException if a file cannot be read or kept
    public synchronized PublicKey rotate()
            throws AdoptionException, IOException, InterruptedException {
        Key next = Identity.nextKey(data);
        JsonNode answer = ask(next, identity.key());
        Membership own = identity.membership();
        try {
            Membership member = Membership.of(answer.path("membership").asText());
            if (!member.account().equals(own.account())
                    || !member.key().equals(next.known())
                    || !member.node().equals(own.node())) {
                throw new AdoptionException(
                        Kind.CONFLICT,
                        "somebody answers who is not this fleet: %s makes %s the node %s"
                                .formatted(member.account(), member.key(), member.node()));
            }
            Identity.keepNext(data, member);
        } catch (IdentityException e) {
            throw new AdoptionException(Kind.CONFLICT, "what the fleet answers: " + e.getMessage());
        }
        return next.known();
    }

    /// Has the agent start again, with the key that it has now.
    public void startAgain() {
        startAgain.run();
    }

    /// Ends what was begun: has the fleet know the next key where that was asked for and not
    /// answered, and tells it that the member has come with its new one.
    public ProcessBody<Void> goOn() {
        return context -> {
            Duration pause;
            do {
                pause = LOOK;
                try {
                    if (Identity.hasNext(data)) {
                        var _ = rotate();
                        startAgain();
                    } else if (broker.status().connected()
                            && (Identity.isNew(data) || hasNoMailbox())) {
                        var _ = ask(identity.key(), null);
                        Identity.known(data);
                    }
                } catch (AdoptionException e) {
                    LOG.info("another key: {}", e.getMessage());
                    pause = e.kind() == Kind.UNREACHABLE ? LOOK : LATER;
                }
                pause = Identity.isNew(data) && !broker.status().connected() ? AT_ONCE : pause;
            } while (!(context.receive(pause) instanceof Received.Stop));
        };
    }

    /// The broker has lost it, or it is another broker: only the agent that adopts may make it.
    private boolean hasNoMailbox() throws InterruptedException {
        long connection = broker.connection();
        if (connection == lookedOver) {
            return false;
        }
        try {
            boolean none = !broker.look(identity.membership().node(), List.of()).exists();
            lookedOver = none ? 0 : connection;
            return none;
        } catch (BrokerException e) {
            LOG.debug("whether there is a mailbox is looked at later: {}", e.getMessage());
            return false;
        }
    }

    /// @return what the fleet says of a member
    private JsonNode ask(Key key, @Nullable Key voucher)
            throws AdoptionException, InterruptedException {
        String request =
                JoinRequest.sign(
                        key,
                        voucher,
                        identity.membership().node().value(),
                        instance,
                        facts,
                        Instant.now());
        List<Broker.Answer> answers =
                broker.ask(
                        Permissions.JOIN,
                        request.getBytes(StandardCharsets.UTF_8),
                        ANSWER,
                        _ -> true);
        if (answers.isEmpty()) {
            throw new AdoptionException(
                    Kind.UNREACHABLE,
                    "the agent with the keys of the fleet does not answer: the key is changed when"
                            + " it does");
        }
        try {
            JsonNode answer =
                    JSON.readTree(new String(answers.getFirst().payload(), StandardCharsets.UTF_8));
            if (answer.path("state").asText().equals(State.MEMBER.word())) {
                return answer;
            }
            throw new AdoptionException(
                    Kind.CONFLICT,
                    "the fleet answers that it is %s: %s"
                            .formatted(
                                    answer.path("state").asText(), answer.path("reason").asText()));
        } catch (JsonProcessingException e) {
            throw new AdoptionException(Kind.CONFLICT, "what the fleet answers is no JSON");
        }
    }
}
