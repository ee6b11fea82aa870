package io.steward.agent.method.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A runner, a folder, and what to ask of them.
abstract class RunnerFixture {
    static final int CAP = 100_000;

    final MessageIds ids = new MessageIds(InstantSource.system());
    final CommandEnvironment environment = new CommandEnvironment(System.getenv(), List.of());

    @TempDir Path folder;
    private ProcessRunner runner;

    final ProcessRunner runner() {
        return runner;
    }

    abstract ProcessRunner open();

    @BeforeEach
    void start() {
        runner = open();
    }

    @AfterEach
    void stop() {
        runner.close();
    }

    final Request request(Duration timeout, String... command) {
        MessageId id = ids.next();
        return new Request(
                id,
                List.of(command),
                folder,
                environment.of(id, new NodeName("central"), new NodeName("ship1"), 1),
                timeout,
                Duration.ofMillis(300),
                CAP,
                new Spool(folder));
    }

    final Result run(String... command) {
        return runner.run(request(Duration.ofSeconds(30), command), new Cancellation());
    }

    final Result shell(String script) {
        return run("sh", "-c", script);
    }

    static void exited(Result result, int code) {
        assertThat(result.ending()).isEqualTo(new Ending.Exited(code));
    }

    static String notStarted(Result result) {
        assertThat(result.ending()).isInstanceOf(Ending.NotStarted.class);
        return ((Ending.NotStarted) result.ending()).reason();
    }

    /// The ids of processes that carry the request's message id.
    static List<Long> carriers(MessageId id) throws IOException {
        List<Long> carriers = new ArrayList<>();
        for (ProcessTable.Entry entry : ProcFiles.read()) {
            if (id.value().equals(entry.message())) {
                carriers.add(entry.pid());
            }
        }
        return carriers;
    }

    static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /// Children of this JVM that were not reaped.
    static List<String> zombies() throws IOException {
        String self = " Z " + ProcessHandle.current().pid() + " ";
        List<String> zombies = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process :
                    all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    String stat =
                            Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
                    if (stat.contains(self)) {
                        zombies.add(stat);
                    }
                } catch (IOException ended) {
                    assertThat(process).doesNotExist();
                }
            }
        }
        return zombies;
    }
}
