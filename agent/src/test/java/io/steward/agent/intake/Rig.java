package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.InputDecoder;
import io.steward.messages.MessageIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A folder, an outbox that survives, and takers that can be let die. Time passes only by
/// [#passes].
final class Rig implements AutoCloseable {
    final Path folder;
    final FakeClock clock = new FakeClock();
    final FakeOutbox outbox = new FakeOutbox();
    final MessageIds ids = new MessageIds(clock);
    final List<Step> seen = new ArrayList<>();
    final FileSystemCalls files;
    final WriterProbe probe;
    private final Kind kind;
    private @Nullable Taker taker;
    private int killAt = -1;
    private int killAgainAt = -1;
    Step.Listener listener = step -> {};

    /// Makes a taker.
    interface Kind {
        Taker make(Path folder, Surroundings with) throws IOException;
    }

    static final Kind INMSG = (folder, with) -> new InmsgTaker(folder.resolve("inmsg.txt"), with);
    static final Kind INBOX = (folder, with) -> new InboxTaker(folder, with);

    Rig(Path folder, Kind kind) {
        this(folder, kind, new FileSystemCalls());
    }

    Rig(Path folder, Kind kind, FileSystemCalls files) {
        this.folder = folder;
        this.kind = kind;
        this.files = files;
        this.probe = files;
    }

    /// The agent dies when it reaches that step from now, counted from 0, and again so many steps
    /// later; negative for not.
    void killAtStep(int first, int later) {
        killAt = seen.size() + first;
        killAgainAt = later < 0 ? -1 : killAt + later;
    }

    Taker taker() throws IOException {
        Taker is = taker;
        if (is == null) {
            is = kind.make(folder, with());
            taker = is;
        }
        return is;
    }

    private Surroundings with() {
        return new Surroundings(
                outbox, clock, ids, files, probe, InputDecoder::decode, this::reached);
    }

    private void reached(Step step) {
        int number = seen.size();
        seen.add(step);
        if (number == killAt || number == killAgainAt) {
            throw new Killed(step);
        }
        listener.reached(step);
    }

    /// Looks so many times, 100 ms apart. When the agent dies, another one is started.
    void passes(int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            try {
                taker().pass();
            } catch (Killed e) {
                kill();
            }
            clock.advance(Duration.ofMillis(100));
        }
    }

    /// Lets the agent end without finishing anything.
    void kill() throws IOException {
        if (taker != null) {
            taker.close();
            taker = null;
        }
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    String read(String name) throws IOException {
        return Files.readString(file(name));
    }

    void write(String name, String text) throws IOException {
        Files.writeString(file(name), text);
    }

    void append(String name, String text) throws IOException {
        Files.writeString(file(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// As an editor that writes beside and renames.
    void replace(String name, String text) throws IOException {
        Path temporary = file("editor-temporary");
        Files.writeString(temporary, text);
        Files.move(
                temporary,
                file(name),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /// All names under the folder but the lock's.
    List<String> names() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(p -> !Files.isDirectory(p))
                    .map(p -> folder.relativize(p).toString())
                    .filter(n -> !n.endsWith(".lock"))
                    .sorted()
                    .toList();
        }
    }

    void assertTaken(String... words) {
        assertThat(outbox.taken()).containsExactly(words);
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
