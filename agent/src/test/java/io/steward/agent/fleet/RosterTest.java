package io.steward.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.target.TargetException;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final Duration WAIT = Duration.ofMillis(50);

    private final FakeBroker broker = new FakeBroker(InstantSource.system());
    private final RollCall rollCall = new RollCall(broker, CENTRAL);
    private final Roster roster = new Roster(broker, rollCall);
    private final Targeting targeting = new Targeting(broker, roster, CENTRAL);

    private void row(String node, Duration seenAgo, String more) throws Exception {
        String json =
                """
                {"instance": "i", "run": "r", "host": "h", "pid": 1, "data": "/d",
                 "version": "1", "startedAt": "2026-01-01T00:00:00Z", "epoch": 1, "state": "up",
                 "heartbeatMs": 10000, "seen": "%s" %s}
                """
                        .formatted(Instant.now().minus(seenAgo), more);
        Roster.put(broker.nodes(), node, json.getBytes(UTF_8));
    }

    /// Rows carry the time of their writing; only one with a claim keeps what it says itself.
    private static String claim() {
        return ", \"claim\": {\"instance\": \"j\", \"run\": \"s\", \"host\": \"other\"}";
    }

    private static <T> T of(Map<NodeName, T> nodes) {
        return Objects.requireNonNull(nodes.get(SHIP));
    }

    private MemberState byRow() throws Exception {
        return of(roster.byRows()).state();
    }

    @Test
    void byItsRowANodeIsLateAfterTwoHeartbeatsAndDownAfterThree() throws Exception {
        row("ship1", Duration.ofSeconds(19), claim());
        assertThat(byRow()).isEqualTo(MemberState.UP);
        row("ship1", Duration.ofSeconds(21), claim());
        assertThat(byRow()).isEqualTo(MemberState.LATE);
        row("ship1", Duration.ofSeconds(31), claim());
        assertThat(byRow()).isEqualTo(MemberState.DOWN);
        assertThat(of(roster.byRows()).rival()).isNotNull();
        row("ship1", Duration.ZERO, ", \"state\": \"stopped\"");
        assertThat(byRow()).isEqualTo(MemberState.STOPPED);
    }

    @Test
    void whoeverIsAskedAndDoesNotAnswerIsLateAtOnce() throws Exception {
        row("ship1", Duration.ZERO, "");
        assertThat(of(roster.asked(WAIT)).state()).isEqualTo(MemberState.LATE);
        assertThat(of(roster.asked(WAIT)).answers()).isFalse();
        try (AutoCloseable answering =
                broker.another().answer("clusterbus.name.ship1", _ -> "r".getBytes(UTF_8))) {
            assertThat(answering).isNotNull();
            assertThat(of(roster.asked(WAIT)).state()).isEqualTo(MemberState.UP);
        }
    }

    @Test
    void aNodeThatWasNeverThereIsUnknown() throws Exception {
        assertThat(of(roster.asked(List.of(SHIP), WAIT)).state()).isEqualTo(MemberState.UNKNOWN);
        assertThat(roster.asked(WAIT)).isEmpty();
    }

    @Test
    void whatOthersPutIntoTheBucketIsNoNode() throws Exception {
        Roster.put(broker.nodes(), "no node", "x".getBytes(UTF_8));
        Roster.put(broker.nodes(), "ship1", "no json".getBytes(UTF_8));
        assertThat(roster.byRows()).containsOnlyKeys(SHIP);
    }

    @Test
    void aNodeInMaintenanceIsMeantOnlyWhereItIsNamed() throws Exception {
        row("ship1", Duration.ZERO, ", \"tags\": [\"web\"]");
        row("ship2", Duration.ZERO, ", \"tags\": [\"web\"]");
        roster.maintain(SHIP, new Member.Maintenance(Instant.now(), null, "disk", "central"));
        assertThat(of(roster.byRows()).state()).isEqualTo(MemberState.MAINTENANCE);
        assertThat(meant("tag=web")).containsExactly("ship2");
        assertThat(targeting.choose("tag=web", WAIT).leftAlone())
                .extracting(Member::node)
                .containsExactly(SHIP);
        assertThat(meant("ship1")).containsExactly("ship1");
        assertThat(meant("state=maintenance")).containsExactly("ship1");
        roster.maintain(
                SHIP,
                new Member.Maintenance(
                        Instant.now(), Instant.now().minusSeconds(1), "over", "central"));
        assertThat(meant("tag=web")).containsExactly("ship1", "ship2");
        roster.maintain(SHIP, null);
        roster.maintain(SHIP, null);
        assertThat(broker.bucket(Bucket.Kind.MAINTENANCE).all()).isEmpty();
    }

    private List<String> meant(String target) throws Exception {
        return targeting.choose(target, WAIT).meant().stream()
                .map(member -> member.node().value())
                .toList();
    }

    @Test
    void factsCloudsTagsAndGroupsAreAskedFor() throws Exception {
        row("ship1", Duration.ZERO, ", \"cloud\": \"eu\", \"tags\": [\"web\", \"db\"]");
        row("ship2", Duration.ZERO, ", \"cloud\": \"us\"");
        Roster.put(
                broker.bucket(Bucket.Kind.FACTS),
                "ship2",
                "{\"facts\": {\"memory.mb\": 4096, \"os.family\": \"debian\"}}".getBytes(UTF_8));
        assertThat(meant("cloud=eu and tag=db")).containsExactly("ship1");
        assertThat(meant("memory.mb>4000 and os.family=deb*")).containsExactly("ship2");
        assertThat(targeting.facts(new NodeName("ship2"))).containsEntry("memory.mb", "4096");
        assertThat(targeting.choose("not memory.bm>1 or cluod=eu", WAIT).unknownFacts())
                .isEqualTo(
                        Map.of("memory.bm", Optional.of("memory.mb"), "cluod", Optional.empty()));
        assertThat(targeting.choose("clouds.x=eu or os.famly=x or ship1", WAIT).unknownFacts())
                .containsEntry("os.famly", Optional.of("os.family"));
        assertThat(targeting.choose("memory.mb>5000 or ship1", WAIT).unknownFacts()).isEmpty();
        targeting.save(new NodeName("big"), "memory.mb>4000");
        targeting.save(new NodeName("some"), "@big or tag=db");
        assertThat(meant("@some")).containsExactly("ship1", "ship2");
        assertThat(targeting.groups())
                .isEqualTo(Map.of("big", "memory.mb>4000", "some", "@big or tag=db"));
        assertThatThrownBy(() -> targeting.save(new NodeName("big"), "@some"))
                .isInstanceOf(TargetException.class)
                .hasMessageContaining("@big");
        assertThatThrownBy(() -> targeting.save(new NodeName("big"), "and"))
                .isInstanceOf(TargetException.class);
        assertThat(targeting.forget(new NodeName("some"))).isTrue();
        assertThat(targeting.forget(new NodeName("some"))).isFalse();
        assertThatThrownBy(() -> meant("@some")).isInstanceOf(TargetException.class);
    }

    @Test
    void aRollCallEndsWhenAllThatAreExpectedHaveAnswered() throws Exception {
        try (AutoCloseable one =
                        broker.another()
                                .answer(
                                        RollCall.EVERYBODY,
                                        _ ->
                                                "{\"node\":\"ship1\",\"version\":\"7\",\"clockAheadMs\":-9}"
                                                        .getBytes(UTF_8));
                AutoCloseable there =
                        broker.another().answer("clusterbus.name.ship1", _ -> "r".getBytes(UTF_8));
                AutoCloseable nonsense =
                        broker.another().answer(RollCall.EVERYBODY, _ -> "{".getBytes(UTF_8))) {
            assertThat(one).isNotEqualTo(nonsense).isNotEqualTo(there);
            Map<NodeName, RollCall.Reply> replies =
                    rollCall.everybody(Set.of(SHIP), Duration.ofMinutes(10));
            assertThat(replies).containsOnlyKeys(SHIP);
            assertThat(of(replies).clockAhead()).isEqualTo(Duration.ofMillis(-9));
            assertThat(rollCall.call(Set.of(CENTRAL), WAIT).there()).isEmpty();
        }
    }
}
