package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextLoggingTest {
    @TempDir Path data;
    private final TextLogging logging = new TextLogging(100, 2);

    @AfterEach
    void close() throws IOException {
        logging.close();
    }

    private Message lines(String domain, String... lines) {
        return Messages.to(logging.spec(), Messages.CENTRAL, domain, lines);
    }

    private Outcome run(Message message) throws IOException {
        return logging.run(message, Messages.context(data));
    }

    private Path file(String name) {
        return data.resolve("logs/central").resolve(name);
    }

    @Test
    void everyStringIsALine() throws IOException {
        assertThat(run(lines("nginx", "one", "two\nthree", "four\n", "")))
                .isEqualTo(Outcome.succeeded());
        assertThat(file("nginx.log")).hasContent("one\ntwo\nthree\nfour\n\n");
    }

    @Test
    void sendersAndDomainsStayApart() throws IOException {
        run(lines("nginx", "a"));
        run(lines("apache", "b"));
        run(Messages.to(logging.spec(), Messages.SHIP, "nginx", "c"));
        assertThat(file("nginx.log")).hasContent("a\n");
        assertThat(file("apache.log")).hasContent("b\n");
        assertThat(data.resolve("logs/ship1/nginx.log")).hasContent("c\n");
    }

    @Test
    void aBatchKeepsItsOrder() throws IOException {
        List<Message> batch = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batch.add(lines("nginx", Integer.toString(i)));
        }
        assertThat(logging.runAll(batch, Messages.context(data)))
                .hasSize(20)
                .allMatch(Outcome.succeeded()::equals);
        assertThat(Files.readAllLines(file("nginx.log"))).hasSize(20).startsWith("0", "1", "2");
    }

    @Test
    void aFullFileIsRotated() throws IOException {
        for (int i = 0; i < 5; i++) {
            run(lines("nginx", i + "x".repeat(70)));
        }
        assertThat(Files.readString(file("nginx.log"))).startsWith("4");
        assertThat(Files.readString(file("nginx.log.1"))).startsWith("3");
        assertThat(Files.readString(file("nginx.log.2"))).startsWith("2");
        assertThat(file("nginx.log.3")).doesNotExist();
    }

    @Test
    void aLineTornByACrashIsEndedBeforeTheNext() throws IOException {
        Files.createDirectories(file("nginx.log").getParent());
        Files.writeString(file("nginx.log"), "to");
        run(lines("nginx", "next"));
        assertThat(file("nginx.log")).hasContent("to\nnext\n");
    }

    @Test
    void othersMayNotReadIt() throws IOException {
        run(lines("nginx", "a"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("nginx.log"))))
                .endsWith("---");
    }

    @Test
    void manyDomainsDoNotKeepManyFilesOpen() throws IOException {
        for (int i = 0; i < 100; i++) {
            run(lines("domain" + i, "a"));
            run(lines("domain" + i / 2, "b"));
        }
        assertThat(file("domain0.log")).hasContent("a\nb\nb\n");
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(open.filter(fd -> pointsInto(fd, data)).count()).isBetween(1L, 64L);
        }
    }

    private static boolean pointsInto(Path fd, Path folder) {
        try {
            return Files.readSymbolicLink(fd).startsWith(folder.toRealPath());
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void whatCannotBeWrittenIsNotSaidToBe() throws IOException {
        Files.createDirectories(file("nginx.log"));
        assertThatThrownBy(() -> run(lines("nginx", "a")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the lines are not kept: ");
        List<Outcome> outcomes =
                logging.runAll(
                        List.of(lines("nginx", "a"), lines("apache", "b")), Messages.context(data));
        assertThat(outcomes.getFirst()).isInstanceOf(Outcome.Failed.class);
        assertThat(outcomes.getLast()).isEqualTo(Outcome.succeeded());
    }

    @Test
    void aLinkInPlaceOfTheFileIsNotFollowed() throws IOException {
        Path other = Files.writeString(data.resolve("other"), "x");
        Files.createDirectories(file("nginx.log").getParent());
        Files.createSymbolicLink(file("nginx.log"), other);
        assertThatThrownBy(() -> run(lines("nginx", "a"))).isInstanceOf(IOException.class);
        assertThat(other).hasContent("x");
    }
}
