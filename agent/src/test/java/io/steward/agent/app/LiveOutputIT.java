package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a followed command prints arrives as it comes, each byte once, whatever dies: real agents
/// as processes, a real broker, a real command.
class LiveOutputIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int LINES = 200;

    /// 200 lines on each stream, in about four seconds.
    private static final String COUNT =
            "for i in $(seq 200); do echo out $i; echo err $i >&2; sleep 0.02; done";

    @TempDir Path folder;

    @Test
    void ofANodeThatWasDownItComesOnceItIsBackAlsoThroughARestartOfTheBroker() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNats nats = nodes.nats();
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            ship.stop();
            Followed followed = new Followed(central.api(), COUNT, "auto");
            followed.read(Duration.ofMillis(300));
            assertThat(followed.stdout()).isEmpty();
            ship.start();
            followed.readUntil(() -> followed.stdout().contains("out 30\n"), LONG);
            assertThat(followed.ended()).isFalse();
            nats.kill();
            Thread.sleep(500);
            nats.restart();
            followed.readToEnd(LONG);
            assertThat(followed.stdout()).isEqualTo(lines("out", LINES));
            assertThat(followed.stderr()).isEqualTo(lines("err", LINES));
            assertThat(followed.pieces()).isGreaterThan(4);
            assertThat(followed.message().path("state").asText()).isEqualTo("succeeded");
            assertThat(followed.message().path("ack").path("stdout").asText())
                    .isEqualTo(lines("out", LINES));
            Followed again = new Followed(followed);
            again.readToEnd(LONG);
            assertThat(again.stdout()).isEqualTo(lines("out", LINES));
            assertThat(ship.data().resolve("running")).isEmptyDirectory();
        }
    }

    @Test
    void ifTheReceiverIsKilledTheFramesAndTheEndAreOneOutput() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            Followed report = new Followed(central.api(), COUNT, "report");
            report.readUntil(() -> report.stdout().contains("out 30\n"), LONG);
            ship.kill();
            central.kill();
            ship.start();
            central.start().ready();
            report.moved(central.api());
            report.readToEnd(LONG);
            assertThat(report.message().path("state").asText()).isEqualTo("interrupted");
            JsonNode ack = report.message().path("ack");
            assertThat(report.stdout())
                    .isEqualTo(ack.path("stdout").asText())
                    .startsWith(lines("out", 30));
            assertThat(lines("out", LINES)).startsWith(report.stdout());
            assertThat(report.stderr()).isEqualTo(ack.path("stderr").asText());

            Followed rerun = new Followed(central.api(), COUNT, "rerun");
            rerun.readUntil(() -> rerun.stdout().contains("out 30\n"), LONG);
            ship.kill();
            ship.start();
            rerun.readToEnd(LONG);
            assertThat(rerun.message().path("state").asText()).isEqualTo("succeeded");
            assertThat(rerun.attempt()).isEqualTo(2);
            assertThat(rerun.stdout()).isEqualTo(lines("out", LINES));
        }
    }

    @Test
    void binaryOutputComesByteForByteUpToTheCapAlsoWhereTheAnswerIsTooSmallForIt()
            throws Exception {
        try (TwoNodes nodes =
                TwoNodes.ready(folder, node -> node.with("run.outputCap", "1500000"))) {
            TestNode central = nodes.central();
            Path bytes = folder.resolve("bytes");
            byte[] random = new byte[2_000_000];
            new java.util.Random(7).nextBytes(random);
            Files.write(bytes, random);
            Followed followed = new Followed(central.api(), "sleep 0.5; cat " + bytes, "auto");
            followed.readToEnd(LONG);
            JsonNode ack = followed.message().path("ack");
            assertThat(ack.path("truncated").asBoolean()).isTrue();
            byte[] got = followed.stdoutBytes();
            assertThat(got.length).isBetween(1_500_000 - 3, 1_500_000);
            assertThat(got).isEqualTo(java.util.Arrays.copyOf(random, got.length));
            await().atMost(LONG).until(() -> central.sent("shellcommand").size() == 1);
        }
    }

    private static String lines(String word, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> word + " " + i + "\n")
                .collect(Collectors.joining());
    }
}
