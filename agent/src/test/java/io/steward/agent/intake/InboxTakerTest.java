package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.outbox.SubmitException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTakerTest {
    private Rig rig;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        rig = new Rig(folder.toRealPath(), Rig.INBOX);
    }

    @AfterEach
    void end() throws IOException {
        rig.close();
    }

    @Test
    void theFoldersAreMadeForTheAgentsUserOnlyAndExistingOnesKept() throws Exception {
        Files.setPosixFilePermissions(rig.folder, PosixFilePermissions.fromString("rwxrwx---"));
        rig.passes(1);
        assertThat(permissions(rig.folder)).isEqualTo("rwxrwx---");
        assertThat(permissions(rig.file("done"))).isEqualTo("rwx------");
        assertThat(permissions(rig.file("failed"))).isEqualTo("rwx------");
        assertThat(permissions(rig.file(".taking"))).isEqualTo("rwx------");
    }

    @Test
    void jsonAndYamlFilesAreTakenAndEndInDone() throws Exception {
        rig.write("1.json", Text.of("a"));
        rig.write("2.YML", yaml("b"));
        rig.write("3.yaml", yaml("c"));
        rig.passes(10);
        assertThat(rig.outbox.taken()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(rig.names()).containsExactly("done/1.json", "done/2.YML", "done/3.yaml");
    }

    @Test
    void otherNamesAreLeftAlone() throws Exception {
        for (String name :
                new String[] {".a.json", "a.json.tmp", "a.json.part", "a.txt", "a.json~"}) {
            rig.write(name, Text.of("a"));
        }
        rig.passes(40);
        rig.assertTaken();
        assertThat(rig.names()).hasSize(5);
        assertThat(rig.taker().problems()).isEmpty();
    }

    @Test
    void aNameThatIsThereIsNotReplaced() throws Exception {
        for (String word : new String[] {"a", "b", "c"}) {
            rig.write("x.json", Text.of(word));
            rig.passes(3);
        }
        rig.assertTaken("a", "b", "c");
        assertThat(rig.names()).containsExactly("done/x-2.json", "done/x-3.json", "done/x.json");
        assertThat(rig.read("done/x-2.json")).isEqualTo(Text.of("b"));
    }

    @Test
    void aWrongFileEndsInFailedWithItsReason() throws Exception {
        rig.write("x.json", "[{\"toNode\": \"ship1\", \"oops\": 1}]");
        rig.passes(30);
        rig.write("x.json", "[");
        rig.passes(30);
        rig.assertTaken();
        assertThat(rig.names())
                .containsExactly(
                        "failed/x-2.json",
                        "failed/x-2.json.error",
                        "failed/x.json",
                        "failed/x.json.error");
        assertThat(rig.read("failed/x.json.error")).contains("oops").contains("line 1, column ");
    }

    @Test
    void anIncompleteFileIsGivenTimeAndWaitedForWhileItIsOpen() throws Exception {
        String text = Text.of("a");
        rig.write("x.json", text.substring(0, 9));
        rig.passes(15);
        rig.write("x.json", text);
        rig.passes(3);
        try (OutputStream out = Files.newOutputStream(rig.file("y.json"))) {
            out.write(text.substring(0, 9).getBytes(StandardCharsets.UTF_8));
            rig.passes(50);
            out.write(text.substring(9).getBytes(StandardCharsets.UTF_8));
        }
        rig.passes(3);
        rig.assertTaken("a", "a");
        assertThat(rig.names()).containsExactly("done/x.json", "done/y.json");
    }

    @Test
    void anEmptyFileHasAMinute() throws Exception {
        rig.write("x.json", "");
        rig.passes(500);
        assertThat(rig.names()).containsExactly("x.json");
        rig.passes(200);
        assertThat(rig.names()).containsExactly("failed/x.json", "failed/x.json.error");
    }

    @Test
    void aLaterFileWaitsForAnEarlierOneButNotForOneThatIsHeldOpen() throws Exception {
        for (boolean closed : new boolean[] {true, false}) {
            List<OutputStream> open = new ArrayList<>();
            rig.listener =
                    step -> {
                        if (step == Step.BEFORE_CLAIM && open.isEmpty()) {
                            open.add(append("1.json"));
                        }
                    };
            rig.write("1.json", Text.of("a"));
            rig.write("2.json", Text.of("b"));
            rig.passes(10);
            assertThat(rig.names()).noneMatch(name -> name.endsWith("/2.json"));
            assertThat(open).hasSize(1);
            if (closed) {
                open.getFirst().close();
                rig.passes(3);
                rig.assertTaken("a", "b");
                Files.delete(rig.file("done/1.json"));
                Files.delete(rig.file("done/2.json"));
            } else {
                rig.passes(50);
                rig.assertTaken("a", "b", "b");
                open.getFirst().close();
                rig.passes(3);
                rig.assertTaken("a", "b", "b", "a");
            }
        }
    }

    private OutputStream append(String name) {
        try {
            return Files.newOutputStream(rig.file(name), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatIsSpoiltJustBeforeTheClaimGoesBack() throws Exception {
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_CLAIM) {
                        rig.listener = s -> {};
                        try {
                            rig.append("x.json", "[");
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                };
        rig.write("x.json", Text.of("a"));
        rig.passes(5);
        assertThat(rig.names()).containsExactly("x.json");
        rig.append("x.json", Text.of("b").substring(1));
        rig.passes(5);
        rig.assertTaken("a", "b");
    }

    @Test
    void whatTheOutboxRefusesHasFailed() throws Exception {
        rig.outbox.refuse("bad");
        rig.write("x.json", Text.of("bad"));
        rig.passes(5);
        assertThat(rig.read("failed/x.json.error")).contains("\"bad\" is not allowed");
    }

    @Test
    void whenTheOutboxCannotJustNowItIsTriedAgainWithPauses() throws Exception {
        rig.outbox.failOnce(new SubmitException("the disk is full", false, null));
        rig.write("x.json", Text.of("a"));
        rig.passes(3);
        assertThat(rig.read("x.json.error")).contains("the disk is full");
        rig.passes(10);
        rig.assertTaken("a");
        assertThat(rig.names()).containsExactly("done/x.json");
    }

    @Test
    void linksFoldersAndPipesAreLeftAloneAndToldOfOnce(@TempDir Path other) throws Exception {
        Path secret = Files.writeString(other.resolve("secret"), Text.of("a"));
        Files.createSymbolicLink(rig.file("a.json"), secret);
        Files.createLink(rig.file("b.json"), secret);
        Files.createDirectory(rig.file("c.json"));
        assertThat(new ProcessBuilder("mkfifo", rig.file("d.json").toString()).start().waitFor())
                .isZero();
        rig.write("e".repeat(230) + ".json", Text.of("e"));
        rig.passes(60);
        rig.assertTaken();
        assertThat(rig.taker().problems()).hasSize(5);
    }

    @Test
    void aThousandFilesAreTakenInTheOrderOfTheirNames() throws Exception {
        String[] words = new String[1_100];
        for (int i = 0; i < words.length; i++) {
            words[i] = "w%04d".formatted(i);
            rig.write(words[i] + ".json", Text.of(words[i]));
            Files.setLastModifiedTime(
                    rig.file(words[i] + ".json"),
                    java.nio.file.attribute.FileTime.fromMillis(1_000_000));
        }
        rig.passes(5);
        rig.assertTaken(words);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static String yaml(String word) {
        return """
        - toNode: ship1
          commandOrEvent: event
          method: textlogging
          data: [%s]
        """
                .formatted(word);
    }
}
