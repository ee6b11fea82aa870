package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real programs write while the watcher runs; the watcher is interrupted and started again now and
/// then.
@Timeout(60)
class IntakeIT {
    private final FakeOutbox outbox = new FakeOutbox();
    private final List<Process> programs = new ArrayList<>();
    private Path folder;
    private Path file;
    private Running running;

    /// A watcher on a thread of its own.
    private static final class Running {
        final FakeContext context = new FakeContext();
        final Thread thread;

        Running(io.steward.agent.kernel.ProcessBody<FolderChanged> body) {
            thread =
                    Thread.ofVirtual()
                            .name("intake")
                            .start(() -> {
                                try {
                                    body.run(context);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                } catch (Exception e) {
                                    context.reports.add("died: " + e);
                                }
                            });
        }

        void stop() throws InterruptedException {
            context.stop.countDown();
            assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
            assertThat(context.reports).isEmpty();
        }
    }

    @BeforeEach
    void start(@TempDir Path temporary) throws IOException {
        folder = temporary.toRealPath();
        file = folder.resolve("inmsg.txt");
        running = inmsg();
    }

    private Running inmsg() {
        return new Running(new InmsgWatcher(file, outbox, InstantSource.system()));
    }

    @AfterEach
    void end() throws Exception {
        running.stop();
        for (Process program : programs) {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void severalProgramsAppendInALoopWhileTheAgentIsRestarted() throws Exception {
        int each = 150;
        for (String writer : List.of("a", "b", "c")) {
            shell(
                    """
                    i=0; while [ $i -lt %d ]; do
                      echo '%s' | sed "s/WORD/%s$i/" >> "$0"
                      i=$((i+1))
                    done
                    """
                            .formatted(each, Text.of("WORD").strip(), writer));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(programs.getFirst().waitFor(150, TimeUnit.MILLISECONDS)).isIn(true, false);
            running.stop();
            running = inmsg();
        }
        ended();
        until(() -> outbox.taken().size() >= 3 * each);
        for (String writer : List.of("a", "b", "c")) {
            assertThat(outbox.taken().stream().filter(w -> w.startsWith(writer)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> writer + i).toList());
        }
        empty();
    }

    @Test
    void aProgramThatWritesSlowlyIsWaitedForWhileOthersAppend() throws Exception {
        String text = Text.of("slow1") + Text.of("slow2");
        StringBuilder script = new StringBuilder("exec 3>>\"$0\"\n");
        for (int i = 0; i < text.length(); i += 12) {
            script.append("printf '%s' '")
                    .append(text, i, Math.min(text.length(), i + 12))
                    .append("' >&3; sleep 0.1\n");
        }
        shell(script.toString());
        until(() -> Files.size(file) > 0);
        ended();
        shell("echo '%s' >> \"$0\"".formatted(Text.of("quick").strip()));
        ended();
        until(() -> outbox.taken().size() >= 3);
        assertThat(outbox.taken()).containsExactly("slow1", "slow2", "quick");
        empty();
    }

    @Test
    void anEditorRenamesAndAnotherWritesInPlace() throws Exception {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String word = "w" + i;
            words.add(word);
            String how =
                    i % 2 == 0
                            ? "echo '%s' > \"$0.swp\"; mv \"$0.swp\" \"$0\""
                            : "echo '%s' > \"$0\"";
            shell(how.formatted(Text.of(word).strip()));
            ended();
            until(() -> outbox.taken().size() >= words.size());
        }
        assertThat(outbox.taken()).containsExactlyElementsOf(words);
        empty();
    }

    @Test
    void filesAreCopiedAndMovedIntoTheDropFolder() throws Exception {
        Path inbox = folder.resolve("inbox");
        Running files = new Running(new InboxWatcher(inbox, outbox, InstantSource.system()));
        until(() -> Files.isDirectory(inbox.resolve("done")));
        shell(
                """
                cd "$(dirname "$0")"/inbox
                i=0; while [ $i -lt 200 ]; do
                  echo '%s' | sed "s/WORD/copy$i/" > copy$i.json
                  echo '%s' | sed "s/WORD/move$i/" > .m; mv .m move$i.json
                  i=$((i+1))
                done
                """
                        .formatted(Text.of("WORD").strip(), Text.of("WORD").strip()));
        ended();
        until(() -> outbox.taken().size() >= 400);
        until(() -> count(inbox.resolve("done")) == 400);
        assertThat(outbox.taken()).doesNotHaveDuplicates();
        files.stop();
        assertThat(count(inbox.resolve("failed"))).isZero();
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.count();
        }
    }

    /// Runs a script whose `$0` is the file.
    private void shell(String script) throws IOException {
        programs.add(
                new ProcessBuilder("sh", "-c", script, file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    private void ended() throws InterruptedException {
        for (Process program : programs) {
            assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue()).isZero();
        }
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    private void empty() throws Exception {
        until(() -> count(folder) == 2);
        assertThat(file).isEmptyFile();
    }
}
