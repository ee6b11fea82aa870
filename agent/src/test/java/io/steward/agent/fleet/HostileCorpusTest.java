package io.steward.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.target.TargetException;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows, notices and names that somebody wrote to do harm: one row cannot be read, and all others
/// can.
class HostileCorpusTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final Duration WAIT = Duration.ofMillis(20);

    private final FakeBroker broker = new FakeBroker(InstantSource.system());
    private final Roster roster = new Roster(broker, new RollCall(broker, CENTRAL));
    private final Targeting targeting = new Targeting(broker, roster, CENTRAL);

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("arrays in arrays", "[".repeat(500_000).getBytes(UTF_8)),
                Arguments.of("whole arrays in arrays", nested(900).getBytes(UTF_8)),
                Arguments.of("objects in objects", "{\"facts\":".repeat(60_000).getBytes(UTF_8)),
                Arguments.of(
                        "a huge number",
                        ("{\"epoch\":" + "9".repeat(500_000) + "}").getBytes(UTF_8)),
                Arguments.of(
                        "a huge exponent",
                        "{\"epoch\":1e999999999,\"pid\":-1e99,\"heartbeatMs\":1e400}"
                                .getBytes(UTF_8)),
                Arguments.of(
                        "a heartbeat out of range",
                        "{\"heartbeatMs\":9223372036854775807,\"clockAheadMs\":-9223372036854775808}"
                                .getBytes(UTF_8)),
                Arguments.of(
                        "a name of 500,000 characters",
                        ("{\"facts\":{\"" + "a".repeat(500_000) + "\":1}}").getBytes(UTF_8)),
                Arguments.of(
                        "a lone surrogate, NUL and controls",
                        "{\"host\":\"\\ud800\\u0000\\u001b[2J\",\"facts\":{\"a\\u0000\":\"\\udc00\"},\"expression\":\"\\ud800\",\"reason\":\"\\u009b\"}"
                                .getBytes(UTF_8)),
                Arguments.of("UTF-16", "{\"host\":\"x\"}".getBytes(UTF_16)),
                Arguments.of("no UTF-8", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}),
                Arguments.of(
                        "other types",
                        "{\"instance\":{},\"tags\":{\"a\":[1]},\"cloud\":[],\"state\":7,\"startedAt\":[],\"seen\":{},\"claim\":[],\"facts\":[[1],2],\"expression\":{},\"until\":7,\"since\":[]}"
                                .getBytes(UTF_8)),
                Arguments.of(
                        "times out of range",
                        "{\"startedAt\":\"+1000000000-12-31T23:59:59Z\",\"seen\":\"-1000000000-01-01T00:00:00Z\",\"until\":\"+1000000000-12-31T23:59:59Z\",\"claim\":{}}"
                                .getBytes(UTF_8)),
                Arguments.of("no object", "\"x\"".getBytes(UTF_8)),
                Arguments.of("null", "null".getBytes(UTF_8)));
    }

    private static String nested(int depth) {
        return "{\"facts\":{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aBadRowKeepsNoOtherFromBeingRead(String what, byte[] row) throws Exception {
        for (Bucket.Kind kind :
                new Bucket.Kind[] {
                    Bucket.Kind.NODES,
                    Bucket.Kind.FACTS,
                    Bucket.Kind.GROUPS,
                    Bucket.Kind.MAINTENANCE
                }) {
            Roster.put(broker.bucket(kind), "ship1", row);
        }
        Roster.put(broker.nodes(), "ship2", "{\"cloud\":\"eu\"}".getBytes(UTF_8));
        Roster.put(
                broker.bucket(Bucket.Kind.FACTS),
                "ship2",
                "{\"facts\":{\"os.id\":\"debian\"}}".getBytes(UTF_8));
        assertThat(roster.byRows()).containsKey(new NodeName("ship2"));
        assertThat(roster.asked(WAIT)).containsKey(new NodeName("ship2"));
        assertThat(targeting.facts(SHIP)).isNotNull();
        assertThat(targeting.groups()).isNotNull();
        assertThat(targeting.choose("os.id=debian and cloud=eu", WAIT).meant())
                .extracting(Member::node)
                .containsExactly(new NodeName("ship2"));
        assertThatThrownBy(() -> targeting.choose("@ship1", WAIT))
                .as("a group that is none")
                .isInstanceOfAny(TargetException.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aBadNoticeIsNoneAndSaysWhy(String what, byte[] notice) {
        assertThatThrownBy(() -> Notice.of(SHIP, notice))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()))
                                .isNotEmpty()
                                .hasSizeLessThan(500));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"v\":1,\"id\":\"../../x\",\"topic\":\"a\",\"data\":[],\"target\":\"\",\"createdAt\":\"2026-11-22T00:00:00Z\"}",
                "{\"v\":1,\"id\":\"01K00000000000000000000000\",\"topic\":\"a.>\",\"data\":[],\"target\":\"\",\"createdAt\":\"2026-11-22T00:00:00Z\"}",
                "{\"v\":1,\"id\":\"01K00000000000000000000000\",\"topic\":\"$JS\",\"data\":[],\"target\":\"\",\"createdAt\":\"2026-11-22T00:00:00Z\"}",
                "{\"v\":1,\"id\":\"01K00000000000000000000000\",\"topic\":\"a\",\"data\":[7],\"target\":\"\",\"createdAt\":\"2026-11-22T00:00:00Z\"}",
                "{\"v\":1,\"id\":\"01K00000000000000000000000\",\"topic\":\"a\",\"data\":[],\"target\":\"\",\"createdAt\":\"tomorrow\"}"
            })
    void aNoticeWithABadFieldIsNone(String notice) {
        assertThatThrownBy(() -> Notice.of(SHIP, notice.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGroupThatMeansItselfOrGrowsWithoutEndIsRefused() throws Exception {
        for (int i = 0; i < 60; i++) {
            Roster.put(
                    broker.bucket(Bucket.Kind.GROUPS),
                    "g" + i,
                    "{\"expression\":\"@g%1$d or @g%1$d or @g%1$d\"}"
                            .formatted(i + 1)
                            .getBytes(UTF_8));
        }
        Roster.put(
                broker.bucket(Bucket.Kind.GROUPS),
                "g60",
                "{\"expression\":\"ship1\"}".getBytes(UTF_8));
        assertThatThrownBy(() -> targeting.choose("@g0", WAIT)).isInstanceOf(TargetException.class);
        Roster.put(
                broker.bucket(Bucket.Kind.GROUPS),
                "g60",
                "{\"expression\":\"@g0\"}".getBytes(UTF_8));
        assertThatThrownBy(() -> targeting.choose("@g0", WAIT)).isInstanceOf(TargetException.class);
    }
}
