package io.steward.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.FakeBroker;
import io.steward.messages.NodeName;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StrangersTest {
    private static final NodeName SHIP = new NodeName("ship1");
    private static final NodeName MISTYPED = new NodeName("shpi1");

    private final FakeBroker broker = new FakeBroker(InstantSource.system());
    private final Strangers strangers = new Strangers(broker);

    private void join(NodeName node) throws Exception {
        Roster.put(broker.nodes(), node.value(), "{}".getBytes(UTF_8));
    }

    @Test
    void aNameWithoutARowIsAStrangers() throws Exception {
        join(SHIP);
        assertThat(strangers.among(List.of(SHIP, MISTYPED))).containsExactly(MISTYPED);
        assertThat(strangers.among(List.of(SHIP))).isEmpty();
        List<NodeName> many =
                IntStream.range(1, 100).mapToObj(i -> new NodeName("ship" + i)).toList();
        assertThat(Strangers.of(broker, many)).hasSize(98).doesNotContain(SHIP);
    }

    @Test
    void whoeverJoinsIsNoStrangerAfterTheNextLook() throws Exception {
        assertThat(strangers.among(List.of(MISTYPED))).containsExactly(MISTYPED);
        join(MISTYPED);
        assertThat(strangers.among(List.of(MISTYPED))).containsExactly(MISTYPED);
        strangers.lookAgain();
        assertThat(strangers.among(List.of(MISTYPED))).isEmpty();
    }

    @Test
    void nobodyIsAStrangerWhileTheBrokerDoesNotTell() throws Exception {
        broker.disconnect();
        assertThat(strangers.among(List.of(MISTYPED))).isEmpty();
        broker.connect();
        assertThat(strangers.among(List.of(MISTYPED))).containsExactly(MISTYPED);
    }
}
