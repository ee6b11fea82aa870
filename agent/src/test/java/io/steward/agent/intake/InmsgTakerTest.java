package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InmsgTakerTest {
    private static final String FILE = "inmsg.txt";
    private static final String NOTE = "inmsg.txt.error";

    private Rig rig;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        rig = new Rig(folder.toRealPath(), Rig.INMSG);
    }

    @AfterEach
    void end() throws IOException {
        rig.close();
    }

    @Test
    void aMissingFileIsMadeForTheAgentsUserOnly() throws Exception {
        rig.passes(1);
        assertThat(rig.file(FILE)).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.file(FILE))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsWrittenIsTakenAndTheFileIsEmptied() throws Exception {
        rig.write(FILE, Text.of("a", "b"));
        rig.passes(3);
        rig.assertTaken("a", "b");
        assertThat(rig.names()).containsExactly(FILE);
        assertThat(rig.file(FILE)).isEmptyFile();
    }

    @Test
    void whatEveryUserMayWriteIsTakenWhenTheyMayNotAnyMore() throws Exception {
        rig.write(FILE, Text.of("a"));
        Files.setPosixFilePermissions(rig.file(FILE), PosixFilePermissions.fromString("rw-rw-rw-"));
        rig.passes(3);
        rig.assertTaken();
        assertThat(rig.file(FILE + ".error")).content().contains("can be written by every user");
        Files.setPosixFilePermissions(rig.file(FILE), PosixFilePermissions.fromString("rw-rw-r--"));
        rig.passes(3);
        rig.assertTaken("a");
    }

    @Test
    void arraysOneAfterAnotherAreOneInput() throws Exception {
        rig.append(FILE, Text.of("a"));
        rig.append(FILE, Text.of("b", "c"));
        rig.passes(3);
        rig.assertTaken("a", "b", "c");
        assertThat(rig.outbox.inputs()).isEqualTo(1);
    }

    @Test
    void whatIsWrittenLaterIsTakenLater() throws Exception {
        for (String word : new String[] {"a", "b", "c"}) {
            rig.append(FILE, Text.of(word));
            rig.passes(3);
        }
        rig.assertTaken("a", "b", "c");
    }

    @Test
    void theNewEmptyFileHasThePermissionsOfTheOld() throws Exception {
        rig.write(FILE, Text.of("a"));
        Files.setPosixFilePermissions(rig.file(FILE), PosixFilePermissions.fromString("rw-rw-r--"));
        rig.passes(3);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.file(FILE))))
                .isEqualTo("rw-rw-r--");
    }

    @Test
    void whiteSpaceIsLeftAlone() throws Exception {
        rig.write(FILE, " \n\t\n");
        rig.passes(40);
        assertThat(rig.read(FILE)).isEqualTo(" \n\t\n");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void whatDoesNotDecodeStaysAndTheNoteSaysWhy() throws Exception {
        rig.write(FILE, "[{\"toNode\": oops]");
        rig.passes(10);
        assertThat(rig.read(FILE)).isEqualTo("[{\"toNode\": oops]");
        assertThat(rig.read(NOTE))
                .startsWith("2026-01-02T03:04:05Z inmsg.txt: line ")
                .contains("column ")
                .contains("Nothing of it has been sent");
        rig.assertTaken();
    }

    @Test
    void theNoteWaitsUntilTheContentIsQuiet() throws Exception {
        rig.write(FILE, "[oops]");
        rig.passes(3);
        assertThat(rig.file(NOTE)).doesNotExist();
        rig.append(FILE, " ");
        rig.passes(3);
        assertThat(rig.file(NOTE)).doesNotExist();
        rig.passes(1);
        assertThat(rig.file(NOTE)).exists();
    }

    @Test
    void theNoteOnWhatIsIncompleteWaitsLonger() throws Exception {
        rig.write(FILE, "[{");
        rig.passes(10);
        assertThat(rig.file(NOTE)).doesNotExist();
        rig.passes(2);
        assertThat(rig.file(NOTE)).exists();
    }

    @Test
    void theNoteGoesWhenTheContentIsRight() throws Exception {
        rig.write(FILE, "[oops]");
        rig.passes(30);
        assertThat(rig.file(NOTE)).exists();
        rig.replace(FILE, Text.of("a"));
        rig.passes(3);
        rig.assertTaken("a");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void theNoteGoesWhenTheFileIsEmptied() throws Exception {
        rig.write(FILE, "[oops]");
        rig.passes(30);
        rig.write(FILE, "");
        rig.passes(1);
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void aNoteOfAFormerLifeGoes() throws Exception {
        rig.write(FILE, "[oops]");
        rig.passes(10);
        rig.kill();
        rig.write(FILE, "");
        rig.passes(1);
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void aWriterThatHoldsTheFileOpenIsWaitedFor() throws Exception {
        try (OutputStream writer = Files.newOutputStream(rig.file(FILE))) {
            writer.write(bytes(Text.of("a")));
            rig.passes(5);
            rig.assertTaken();
            writer.write(bytes(Text.of("b")));
            rig.passes(30);
            rig.assertTaken();
            writer.write(bytes(Text.of("c")));
        }
        rig.passes(3);
        rig.assertTaken("a", "b", "c");
        assertThat(rig.outbox.inputs()).isEqualTo(1);
    }

    @Test
    void theNoteNamesTheProgramThatHoldsTheFileOpen() throws Exception {
        try (OutputStream writer = Files.newOutputStream(rig.file(FILE))) {
            writer.write(bytes(Text.of("a")));
            rig.passes(60);
            assertThat(rig.read(NOTE))
                    .contains("held open for writing by pid " + ProcessHandle.current().pid())
                    .contains("taken when it is closed");
        }
        rig.passes(3);
        rig.assertTaken("a");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void whatAWriterLeavesIncompleteIsGivenBackAndCanBeCompleted() throws Exception {
        rig.write(FILE, Text.of("a"));
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_CLAIM && rig.outbox.inputs() == 0) {
                        quietly(() -> rig.append(FILE, "[{\"toNode\": \"ship1\","));
                        rig.listener = s -> {};
                    }
                };
        rig.passes(20);
        rig.assertTaken();
        assertThat(rig.read(FILE)).isEqualTo(Text.of("a") + "[{\"toNode\": \"ship1\",");
        assertThat(rig.names()).containsExactly(FILE, NOTE);
        rig.append(FILE, Text.of("b").substring("[{\"toNode\": \"ship1\",".length()));
        rig.passes(5);
        rig.assertTaken("a", "b");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void anEndThatComesIntoTheNewFileIsPutBehindItsBeginning() throws Exception {
        String text = Text.of("b");
        rig.write(FILE, Text.of("a"));
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_CLAIM) {
                        rig.listener =
                                s -> {
                                    if (s == Step.RECREATED) {
                                        rig.listener = t -> {};
                                        quietly(() -> rig.append(FILE, text.substring(20)));
                                    }
                                };
                        quietly(() -> rig.append(FILE, text.substring(0, 20)));
                    }
                };
        rig.passes(20);
        rig.assertTaken("a", "b");
        assertThat(rig.outbox.inputs()).isEqualTo(1);
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void whatTheOutboxRefusesComesBackAndIsNotTriedAgain() throws Exception {
        rig.outbox.refuse("bad");
        rig.write(FILE, Text.of("bad"));
        rig.passes(30);
        assertThat(rig.read(FILE)).isEqualTo(Text.of("bad"));
        assertThat(rig.read(NOTE)).contains("\"bad\" is not allowed");
        assertThat(rig.seen.stream().filter(s -> s == Step.BEFORE_SUBMIT)).hasSize(1);
        rig.replace(FILE, Text.of("good"));
        rig.passes(3);
        rig.assertTaken("good");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void whenTheOutboxCannotJustNowItIsTriedAgainWithPauses() throws Exception {
        rig.outbox.failOnce(new SubmitException("the disk is full", false, null));
        rig.write(FILE, Text.of("a"));
        rig.passes(4);
        assertThat(rig.read(NOTE)).contains("the disk is full").contains("1 message(s) wait");
        assertThat(rig.taker().problems()).hasSize(1);
        rig.append(FILE, Text.of("b"));
        rig.passes(10);
        rig.assertTaken("a", "b");
        assertThat(rig.names()).containsExactly(FILE);
    }

    @Test
    void aSymbolicLinkIsFollowedOnce(@TempDir Path other) throws Exception {
        Path target = other.toRealPath().resolve("real.txt");
        Files.writeString(target, Text.of("a"));
        Files.createSymbolicLink(rig.file(FILE), target);
        rig.passes(3);
        rig.assertTaken("a");
        assertThat(target).isEmptyFile();
        assertThat(rig.file(FILE)).isSymbolicLink();
    }

    @Test
    void aLinkThatAppearsLaterIsRefused(@TempDir Path other) throws Exception {
        rig.passes(1);
        Path secret = Files.writeString(other.resolve("secret"), Text.of("a"));
        Files.delete(rig.file(FILE));
        Files.createSymbolicLink(rig.file(FILE), secret);
        rig.passes(3);
        rig.assertTaken();
        assertThat(rig.read(NOTE)).contains("is a symbolic link");
        assertThat(secret).content().isEqualTo(Text.of("a"));
    }

    @Test
    void aHardLinkIsRefused(@TempDir Path other) throws Exception {
        Path secret = Files.writeString(other.resolve("secret"), Text.of("a"));
        Files.createLink(rig.file(FILE), secret);
        rig.passes(3);
        rig.assertTaken();
        assertThat(rig.read(NOTE)).contains("hard links");
    }

    @Test
    void aFolderInItsPlaceIsRefused() throws Exception {
        Files.createDirectory(rig.file(FILE));
        rig.passes(3);
        assertThat(rig.read(NOTE)).contains("is a folder");
    }

    @Test
    void aPipeInItsPlaceIsRefusedAndNotOpened() throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", rig.file(FILE).toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        rig.passes(3);
        assertThat(rig.read(NOTE)).contains("is a pipe or device");
    }

    @Test
    void whatCannotBeGivenBackIsSetAsideWhereItIsSeen() throws Exception {
        rig.outbox.refuse("bad");
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_PUT_BACK) {
                        rig.listener = s -> {};
                        quietly(() -> Files.delete(rig.file(FILE)));
                        quietly(() -> Files.createDirectory(rig.file(FILE)));
                    }
                };
        rig.write(FILE, Text.of("bad"));
        rig.passes(20);
        assertThat(rig.taker().problems().toString()).contains("in its place is a folder");
        assertThat(rig.names())
                .hasSize(2)
                .contains(NOTE)
                .anyMatch(n -> n.matches("inmsg\\.txt\\.[0-9A-Z]{26}\\.rejected"));
    }

    @Test
    void aSecondAgentTakesNothingAndSaysSo() throws Exception {
        rig.passes(1);
        try (Rig second = new Rig(rig.folder, Rig.INMSG)) {
            rig.write(FILE, Text.of("a"));
            second.passes(5);
            second.assertTaken();
            assertThat(second.taker().problems()).hasSize(1);
        }
    }

    @Test
    void aYamlFileIsTakenWhenItIsQuiet(@TempDir Path folder) throws Exception {
        try (Rig yaml =
                new Rig(
                        folder.toRealPath(),
                        (f, with) -> new InmsgTaker(f.resolve("inmsg.yaml"), with))) {
            yaml.write(
                    "inmsg.yaml",
                    """
                    - toNode: ship1
                      commandOrEvent: event
                      method: textlogging
                      data: [a]
                    """);
            yaml.passes(4);
            yaml.assertTaken();
            yaml.passes(5);
            yaml.assertTaken("a");
        }
    }

    @Test
    void withoutLeasesAFileIsTakenWhenItIsQuiet(@TempDir Path folder) throws Exception {
        try (Rig plain = new Rig(folder.toRealPath(), Rig.INMSG, new FileSystemCalls(null))) {
            plain.write(FILE, Text.of("a"));
            plain.passes(4);
            plain.assertTaken();
            plain.append(FILE, Text.of("b"));
            plain.passes(15);
            plain.assertTaken("a", "b");
            assertThat(plain.names()).containsExactly(FILE);
        }
    }

    @Test
    void tooMuchAtOnceStaysWhereItIs() throws Exception {
        try (var channel =
                java.nio.channels.FileChannel.open(
                        rig.file(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'x'}), Limits.MAX_INPUT_BYTES);
        }
        rig.passes(3);
        assertThat(rig.read(NOTE))
                .contains("larger than " + (Limits.MAX_INPUT_BYTES >> 20) + " MiB");
    }

    @Test
    void aFolderThatIsAFileIsAnError(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("x"));
        try (Rig wrong = new Rig(file, Rig.INMSG)) {
            assertThatThrownBy(() -> wrong.passes(1)).isInstanceOf(FileSystemException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Act {
        void run() throws IOException;
    }

    private static void quietly(Act act) {
        try {
            act.run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
