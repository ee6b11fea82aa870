package io.steward.agent.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsLoader;
import io.steward.messages.Expiry;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node is away for a week, while messages wait for it of which some live for an hour.
class WeekAwayTest {
    private static final int MANY = 40;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final SimClock clock = new SimClock();
    private final Witness witness = new Witness();
    private final FakeBroker brokers = new FakeBroker(clock);

    @Test
    void whatDidNotLiveSoLongExpiresAndTheRestRunsInOrder() throws Exception {
        SystemTime time = new SystemTime();
        SimNode sender = new SimNode(settings("central"), clock, time, witness, brokers);
        SimNode receiver = new SimNode(settings("ship1"), clock, time, witness, brokers);
        try {
            sender.begin(0, false, "boot", 0, 1);
            receiver.begin(0, false, "boot", 0, 1);
            await().atMost(LONG)
                    .ignoreExceptions()
                    .until(() -> sender.broker().look(receiver.name(), List.of()).exists());
            receiver.kill();
            List<MessageId> ids = send(sender, receiver.name());
            await().atMost(LONG)
                    .until(() -> states(sender, ids).stream().allMatch(State.PUBLISHED::equals));

            clock.pass(Duration.ofDays(7));
            await("the sender ends what is past its time")
                    .atMost(LONG)
                    .until(() -> states(sender, brief(ids)).stream().allMatch(State::isEnd));
            assertThat(states(sender, lasting(ids))).containsOnly(State.PUBLISHED);

            receiver.begin(0, false, "boot", 0, 1);
            await().atMost(LONG).until(() -> states(sender, ids).stream().allMatch(State::isEnd));
            assertThat(states(sender, brief(ids))).containsOnly(State.EXPIRED);
            assertThat(states(sender, lasting(ids))).containsOnly(State.SUCCEEDED);
            assertThat(brief(ids))
                    .allMatch(id ->
                            receiver.disk().received(id).orElseThrow().state() == State.EXPIRED);
            assertThat(List.copyOf(witness.inOrder(Subject.parse("ship1.command.echo.a"))))
                    .isEqualTo(lasting(ids));
            assertThat(witness.runs()).hasSize(MANY / 2);
        } finally {
            sender.close();
            receiver.close();
            brokers.close();
            time.close();
        }
    }

    private static List<MessageId> send(SimNode sender, NodeName to) throws Exception {
        List<MessageRequest> requests = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Duration life = i % 2 == 0 ? Duration.ofHours(1) : Duration.ofDays(14);
            requests.add(
                    new MessageRequest(
                            0,
                            0,
                            List.of(to),
                            MessageType.COMMAND,
                            "echo",
                            "a",
                            List.of("m" + i),
                            Duration.ofSeconds(30),
                            0,
                            null,
                            new Expiry.After(life),
                            true,
                            OnInterrupt.AUTO,
                            3,
                            null,
                            Map.of(),
                            false,
                            null));
        }
        return sender.outbox().submit("input", requests).ids();
    }

    private static List<State> states(SimNode sender, List<MessageId> ids) {
        return ids.stream()
                .map(id -> sender.disk().sent(id).map(SentMessage::state).orElseThrow())
                .toList();
    }

    private static List<MessageId> brief(List<MessageId> ids) {
        return ids.stream().filter(id -> ids.indexOf(id) % 2 == 0).toList();
    }

    private static List<MessageId> lasting(List<MessageId> ids) {
        return ids.stream().filter(id -> ids.indexOf(id) % 2 == 1).toList();
    }

    private Settings settings(String node) throws Exception {
        return new SettingsLoader()
                .load(
                        Map.of("node", node, "data", folder.resolve(node).toString()),
                        Map.of(),
                        folder,
                        Mode.AGENT);
    }
}
