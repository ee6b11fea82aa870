package io.steward.campaign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/// A small disk that is filled up for a while.
final class DiskVictim implements Victim {
    private static final Duration LONGEST = Duration.ofSeconds(12);
    private static final int CHUNK = 1 << 20;

    private final String name;
    private final Path folder;
    private final Chronicle chronicle;

    /// @param folder on that disk
    DiskVictim(String name, Path folder, Chronicle chronicle) {
        this.name = name;
        this.folder = folder;
        this.chronicle = chronicle;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> kinds() {
        return Set.of("full");
    }

    @Override
    public void strike(String kind, Random random) throws Exception {
        chronicle.full(name);
        Path filler = folder.resolve("filler");
        try {
            fill(filler);
            Fault.pause(random, Duration.ofSeconds(1), LONGEST);
        } finally {
            Files.deleteIfExists(filler);
            chronicle.room(name);
        }
    }

    /// Until nobody gets a byte any more: what others free meanwhile is taken too.
    private static void fill(Path filler) throws IOException {
        for (int size = CHUNK; size > 0; size /= 4) {
            try (FileChannel file =
                    FileChannel.open(
                            filler,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.APPEND)) {
                while (true) {
                    file.write(ByteBuffer.allocate(size));
                }
            } catch (IOException e) {
                // it is full, for pieces of this size
            }
        }
    }

    @Override
    public void watch() {}
}
