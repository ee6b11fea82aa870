package io.steward.agent.method.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every [ProcessRunner] does.
@Timeout(60)
abstract class ProcessRunnerContract extends ProcessEndingContract {
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
                .isEqualTo("no such program: no-such-program is not in PATH");
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
                runner().run(
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
        // why: more than the heap has room for
        String size = Long.toString(runtime.maxMemory() + (200L << 20));
        Result result =
                runner().run(
                                request(Duration.ofSeconds(60), "head", "-c", size, "/dev/zero"),
                                new Cancellation());
        System.gc();
        long after = runtime.totalMemory() - runtime.freeMemory();
        exited(result, 0);
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
                results.add(threads.submit(() -> runner().run(asked, cancellation)));
            }
            await().until(() -> ProcessHandle.current().children().count() >= 50);
            cancellation.cancel(Cancellation.Cause.CANCELLED);
            for (Future<Result> result : results) {
                assertThat(((Ending.Ended) result.get().ending()).survivors()).isZero();
            }
        }
        assertThat(zombies()).isEmpty();
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
                                .of(id, new NodeName("central"), new NodeName("ship1"), 2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        CAP,
                        null);
        assertThat(runner().run(asked, new Cancellation()).stdout().text().lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/bin:/bin",
                        "HOME=/h",
                        "LANG=C.UTF-8",
                        "TZ=UTC",
                        "STEWARD_MESSAGE_ID=" + id,
                        "STEWARD_FROM=central",
                        "STEWARD_TO=ship1",
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
            Future<Result> result = threads.submit(() -> runner().run(asked, cancellation));
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

    @Test
    void whatCannotBeSpooledAsTheDiskIsFullIsInTheResultAllTheSame() throws IOException {
        Request asked =
                request(
                        Duration.ofSeconds(30),
                        "sh",
                        "-c",
                        "printf %20000d 1; sleep 1.5; printf %20000d 2; exit 3");
        Path running = Files.createDirectories(folder.resolve("running"));
        for (String stream : List.of(".out", ".err")) {
            var _ =
                    Files.createSymbolicLink(
                            running.resolve(asked.id() + stream), Path.of("/dev/full"));
        }
        Result result = runner().run(asked, new Cancellation());
        exited(result, 3);
        assertThat(result.stdout().size()).isEqualTo(40_000);
        assertThat(result.truncated()).isFalse();
    }
}
