package io.steward.agent.method.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What every [ProcessRunner] does.
@Timeout(60)
abstract class ProcessRunnerContract {
    static final int CAP = 100_000;

    final MessageIds ids = new MessageIds(InstantSource.system());
    final CommandEnvironment environment = new CommandEnvironment(System.getenv(), List.of());

    @TempDir Path folder;
    private ProcessRunner runner;

    abstract ProcessRunner open();

    @BeforeEach
    void start() {
        runner = open();
    }

    @AfterEach
    void stop() {
        runner.close();
    }

    final ProcessRunner runner() {
        return runner;
    }

    final Request request(Duration timeout, String... command) {
        MessageId id = ids.next();
        return new Request(
                id,
                List.of(command),
                folder,
                environment.of(id, new NodeName("central"), 1),
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

    private static void exited(Result result, int code) {
        assertThat(result.ending()).isEqualTo(new Ending.Exited(code));
    }

    private static String notStarted(Result result) {
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

    @Test
    void anExitCodeIsKnown() {
        exited(run("true"), 0);
        exited(run("false"), 1);
        exited(shell("exit 3"), 3);
        exited(shell("exit 127"), 127);
    }

    @Test
    void aSignalIsKnownByItsName() {
        assertThat(shell("kill -KILL $$").ending()).isEqualTo(new Ending.Signalled("KILL"));
        assertThat(shell("kill -USR1 $$").ending()).isEqualTo(new Ending.Signalled("USR1"));
    }

    @Test
    void stdoutAndStderrAreKeptApartAndInOrder() {
        Result result = shell("echo a; echo 1 >&2; echo b; echo 2 >&2");
        assertThat(result.stdout().text()).isEqualTo("a\nb\n");
        assertThat(result.stderr().text()).isEqualTo("1\n2\n");
        assertThat(result.truncated()).isFalse();
    }

    @Test
    void argumentsReachTheProgramAsTheyAre() {
        List<String> arguments =
                List.of(
                        "a b", "'", "\"", ";", "$(id)", "`id`", "x\ny", "-n", "--", "", "*", "\\",
                        "~", "\t");
        List<String> command = new ArrayList<>(List.of("printf", "%s\\0"));
        command.addAll(arguments);
        Result result = run(command.toArray(String[]::new));
        assertThat(result.stdout().text()).isEqualTo(String.join("\0", arguments) + "\0");
    }

    @Test
    void anArgumentBeyondAsciiReachesTheProgramOrIsRefused() {
        Result result = run("printf", "%s", "grün 船 🚢");
        if (result.ending() instanceof Ending.NotStarted refused) {
            assertThat(refused.reason()).contains("LANG=C.UTF-8");
        } else {
            assertThat(result.stdout().text()).isEqualTo("grün 船 🚢");
        }
    }

    @Test
    void aProgramThatIsNotThereIsSaidToBe() {
        assertThat(notStarted(run("no-such-program")))
                .startsWith("no such program: no-such-program is not in PATH /");
        assertThat(notStarted(run("/no/such/program")))
                .isEqualTo("no such program: /no/such/program");
        assertThat(notStarted(run("./x"))).isEqualTo("no such program: " + folder + "/./x");
        assertThat(notStarted(run())).isEqualTo("no program given");
        assertThat(notStarted(run(""))).isEqualTo("no program given");
        assertThat(notStarted(run("echo", "a\0b"))).contains("argument 1 contains a NUL");
    }

    @Test
    void aFileThatIsNotExecutableIsSaidToBe() throws IOException {
        Path file = Files.writeString(folder.resolve("plain"), "#!/bin/sh\necho hi\n");
        assertThat(notStarted(run(file.toString())))
                .isEqualTo("not executable: " + file + ": permission denied");
        assertThat(notStarted(run(folder.toString())))
                .isEqualTo("not executable: " + folder + " is a folder");
    }

    @Test
    void aWorkingFolderThatIsNotThereIsSaidToBe() {
        Request asked = request(Duration.ofSeconds(5), "true");
        Result result =
                runner.run(
                        new Request(
                                asked.id(),
                                asked.command(),
                                folder.resolve("gone"),
                                asked.environment(),
                                asked.timeout(),
                                asked.killGrace(),
                                CAP,
                                null),
                        new Cancellation());
        assertThat(notStarted(result)).contains("working folder").contains("gone");
    }

    @Test
    void aRelativeProgramIsFoundInTheWorkingFolder() throws IOException {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\npwd -P; echo $0\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        assertThat(run("./script").stdout().text())
                .isEqualTo(folder.toRealPath() + "\n" + folder + "/./script\n");
    }

    @Test
    void bigOutputIsCutAtTheCapAndTheProgramStillEnds() {
        Result result = shell("head -c 5000000 /dev/zero; echo end >&2");
        exited(result, 0);
        assertThat(result.stdout().size()).isEqualTo(CAP);
        assertThat(result.truncated()).isTrue();
        assertThat(result.stderr().text()).isEqualTo("end\n");
        Result exact = shell("head -c " + CAP + " /dev/zero");
        assertThat(exact.truncated()).isFalse();
        assertThat(exact.stdout().size()).isEqualTo(CAP);
    }

    @Test
    void endlessOutputTakesNoMemory() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        Result result = runner.run(request(Duration.ofSeconds(2), "yes"), new Cancellation());
        System.gc();
        long after = runtime.totalMemory() - runtime.freeMemory();
        assertThat(result.ending()).isInstanceOf(Ending.Ended.class);
        assertThat(result.truncated()).isTrue();
        assertThat(after - before).isLessThan(16 << 20);
    }

    @Test
    void binaryOutputIsKeptByteForByte() throws IOException {
        byte[] bytes = new byte[50_000];
        new java.util.Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("bytes"), bytes);
        assertThat(run("cat", file.toString()).stdout().bytes()).isEqualTo(bytes);
    }

    @Test
    void outputWithoutAFinalNewlineIsKept() {
        assertThat(shell("printf abc").stdout().text()).isEqualTo("abc");
    }

    @Test
    void stdinIsEmpty() {
        assertThat(run("cat").stdout().isEmpty()).isTrue();
    }

    @Test
    void aProgramThatClosesItsOutputIsWaitedFor() {
        Result result = shell("exec >&- 2>&-; sleep 0.3; exit 4");
        exited(result, 4);
        assertThat(result.took()).isGreaterThan(Duration.ofMillis(250));
    }

    @Test
    void outputHeldOpenAfterTheExitIsNotWaitedForLong() throws IOException {
        Request asked =
                request(Duration.ofSeconds(20), "sh", "-c", "echo hi; setsid sleep 30 & exit 0");
        Result result = runner.run(asked, new Cancellation());
        exited(result, 0);
        assertThat(result.stdout().text()).isEqualTo("hi\n");
        assertThat(result.took()).isLessThan(Duration.ofSeconds(4));
        assertThat(carriers(asked.id())).as("a daemon is left alone").hasSize(1);
        assertThat(endLeftovers(asked.id())).isEqualTo(1);
    }

    /// As the next agent would: what this JVM is the parent of is not a leftover.
    private int endLeftovers(MessageId id) throws IOException {
        int ended = runner.killLeftovers(id, Duration.ofMillis(300));
        await().untilAsserted(() -> assertThat(carriers(id)).isEmpty());
        return ended;
    }

    @Test
    void leftoversThatIgnoreTermAreEndedToo() throws IOException {
        Request asked =
                request(
                        Duration.ofSeconds(20),
                        "sh",
                        "-c",
                        "(trap '' TERM; setsid sh -c 'sleep 60; sleep 60') >/dev/null 2>&1 & exit"
                                + " 0");
        exited(runner.run(asked, new Cancellation()), 0);
        assertThat(endLeftovers(asked.id())).isGreaterThanOrEqualTo(1);
        assertThat(runner.killLeftovers(asked.id(), Duration.ZERO)).isZero();
    }

    private void assertEndedAtTimeout(String script) throws IOException {
        Request asked = request(Duration.ofSeconds(1), "sh", "-c", script);
        Result result = runner.run(asked, new Cancellation());
        assertThat(result.ending()).isInstanceOf(Ending.Ended.class);
        Ending.Ended ended = (Ending.Ended) result.ending();
        assertThat(ended.why()).isEqualTo(Ending.Why.TIMED_OUT);
        assertThat(ended.survivors()).isZero();
        assertThat(result.took()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
        assertThat(result.stdout().text()).isEqualTo("so far\n");
        assertThat(carriers(asked.id())).isEmpty();
        assertThat(marked(asked.id())).isEmpty();
    }

    /// Processes with the id in their command line, for those that changed their environment.
    private static List<String> marked(MessageId id) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(handle -> handle.info().commandLine().orElse(""))
                    .filter(line -> line.contains(id.value()))
                    .toList();
        }
    }

    @Test
    void theTimeoutEndsTheProgram() throws IOException {
        assertEndedAtTimeout("echo so far; exec sleep 60");
    }

    @Test
    void theTimeoutEndsABackgroundChildThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout("echo so far; trap '' TERM; sh -c 'sleep 60; sleep 60' & sleep 60");
    }

    @Test
    void theTimeoutEndsAnOrphanThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout(
                "echo so far; (trap '' TERM; sh -c 'sleep 60; sleep 60' & exit 0); sleep 60");
    }

    @Test
    void theTimeoutEndsAChildWithASessionOfItsOwnThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout(
                "echo so far; (trap '' TERM; setsid sh -c 'sleep 60; sleep 60' & exit 0); sleep"
                        + " 60");
    }

    @Test
    void theTimeoutEndsAChildThatCleansItsEnvironment() throws IOException {
        assertEndedAtTimeout(
                "echo so far; m=$STEWARD_MESSAGE_ID; env -i sh -c 'trap \"\" TERM; sleep 60; sleep"
                        + " 60' $m & sleep 60");
    }

    @Test
    void termIsAskedBeforeKill() {
        Result result =
                runner.run(
                        request(
                                Duration.ofSeconds(1),
                                "sh",
                                "-c",
                                "trap 'echo bye; exit 7' TERM; while :; do sleep 0.05; done"),
                        new Cancellation());
        assertThat(result.ending()).isEqualTo(new Ending.Ended(Ending.Why.TIMED_OUT, null, 0));
        assertThat(result.stdout().text()).isEqualTo("bye\n");
    }

    @Test
    void theSignalThatEndedItIsSaid() {
        assertThat(
                        runner.run(
                                        request(Duration.ofMillis(300), "sleep", "60"),
                                        new Cancellation())
                                .ending())
                .isEqualTo(new Ending.Ended(Ending.Why.TIMED_OUT, "TERM", 0));
    }

    @Test
    void cancellingEndsIt() throws Exception {
        Cancellation cancellation = new Cancellation();
        Request asked = request(Duration.ofSeconds(30), "sh", "-c", "echo so far; sleep 60");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> result = threads.submit(() -> runner.run(asked, cancellation));
            await().until(() -> !carriers(asked.id()).isEmpty());
            cancellation.cancel(Cancellation.Cause.CANCELLED);
            assertThat(((Ending.Ended) result.get().ending()).why())
                    .isEqualTo(Ending.Why.CANCELLED);
            assertThat(carriers(asked.id())).isEmpty();
        }
    }

    @Test
    void aCancellationThatCameBeforeEndsItAtOnce() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Cause.SHUTDOWN);
        Result result = runner.run(request(Duration.ofSeconds(30), "sleep", "60"), cancellation);
        assertThat(((Ending.Ended) result.ending()).why()).isEqualTo(Ending.Why.SHUTDOWN);
    }

    @Test
    void anInterruptEndsItAndIsKept() throws Exception {
        Request asked = request(Duration.ofSeconds(30), "sleep", "60");
        Result[] result = new Result[1];
        boolean[] kept = new boolean[1];
        Thread thread =
                Thread.startVirtualThread(() -> {
                    result[0] = runner.run(asked, new Cancellation());
                    kept[0] = Thread.currentThread().isInterrupted();
                });
        await().until(() -> !carriers(asked.id()).isEmpty());
        thread.interrupt();
        thread.join();
        assertThat(((Ending.Ended) result[0].ending()).why()).isEqualTo(Ending.Why.INTERRUPTED);
        assertThat(kept[0]).isTrue();
        assertThat(carriers(asked.id())).isEmpty();
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        Request asked = request(Duration.ofSeconds(30), "sleep", "60");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> result = threads.submit(() -> runner.run(asked, new Cancellation()));
            await().until(() -> !carriers(asked.id()).isEmpty());
            runner.close();
            assertThat(((Ending.Ended) result.get().ending()).why()).isEqualTo(Ending.Why.SHUTDOWN);
            assertThat(carriers(asked.id())).isEmpty();
        }
        assertThat(notStarted(run("true"))).isEqualTo("the agent is stopping");
    }

    @Test
    void twoHundredCommandsRunAtOnceAndLeaveNothing() throws Exception {
        shell("true");
        long descriptors = descriptors();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> results = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String script = "sleep 0.5; echo " + i + "; exit " + i % 7;
                results.add(threads.submit(() -> shell(script)));
            }
            for (int i = 0; i < 200; i++) {
                Result result = results.get(i).get();
                exited(result, i % 7);
                assertThat(result.stdout().text()).isEqualTo(i + "\n");
            }
        }
        await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2));
        assertThat(zombies()).isEmpty();
    }

    @Test
    void manyAreEndedAtOnce() throws Exception {
        Cancellation cancellation = new Cancellation();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> results = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Request asked = request(Duration.ofSeconds(30), "sh", "-c", "sleep 60 & sleep 60");
                results.add(threads.submit(() -> runner.run(asked, cancellation)));
            }
            await().until(() -> ProcessHandle.current().children().count() >= 50);
            cancellation.cancel(Cancellation.Cause.CANCELLED);
            for (Future<Result> result : results) {
                assertThat(((Ending.Ended) result.get().ending()).survivors()).isZero();
            }
        }
        assertThat(zombies()).isEmpty();
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /// Children of this JVM that were not reaped.
    private static List<String> zombies() throws IOException {
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

    @Test
    void theEnvironmentIsClean() {
        MessageId id = ids.next();
        Map<String, String> agent =
                Map.of("SECRET", "x", "PATH", "/usr/bin:/bin", "HOME", "/h", "TZ", "UTC", "A", "b");
        Request asked =
                new Request(
                        id,
                        List.of("env"),
                        folder,
                        new CommandEnvironment(agent, List.of("TZ", "NOT_SET"))
                                .of(id, new NodeName("central"), 2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        CAP,
                        null);
        assertThat(runner.run(asked, new Cancellation()).stdout().text().lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/bin:/bin",
                        "HOME=/h",
                        "LANG=C.UTF-8",
                        "TZ=UTC",
                        "STEWARD_MESSAGE_ID=" + id,
                        "STEWARD_FROM=central",
                        "STEWARD_ATTEMPT=2");
    }

    @Test
    void nothingOfTheAgentIsInherited() throws IOException {
        try (var open = Files.newByteChannel(Files.writeString(folder.resolve("secret"), "x"))) {
            assertThat(open.isOpen()).isTrue();
            assertThat(run("ls", "/proc/self/fd").stdout().text().lines())
                    .as("0, 1, 2 and the folder that ls reads")
                    .hasSize(4);
        }
    }

    @Test
    void theOutputSoFarOfALongCommandIsSpooled() throws Exception {
        Request asked =
                request(
                        Duration.ofSeconds(30),
                        "sh",
                        "-c",
                        "echo one; sleep 1.3; echo two; echo err >&2; sleep 60");
        Cancellation cancellation = new Cancellation();
        Spool spool = new Spool(folder);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> result = threads.submit(() -> runner.run(asked, cancellation));
            await().untilAsserted(() ->
                    assertThat(spool.read(asked.id(), CAP).map(kept -> kept.stdout().text()))
                            .contains("one\ntwo\n"));
            await().untilAsserted(() ->
                    assertThat(spool.read(asked.id(), CAP).map(kept -> kept.stderr().text()))
                            .contains("err\n"));
            assertThat(spool.kept()).containsExactly(asked.id());
            cancellation.cancel(Cancellation.Cause.CANCELLED);
            assertThat(result.get().stdout().text()).isEqualTo("one\ntwo\n");
        }
        assertThat(spool.read(asked.id(), CAP)).isEmpty();
        assertThat(spool.kept()).isEmpty();
    }
}
