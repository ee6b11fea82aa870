package io.steward.campaign.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;

/// Drops files into the drop folder, one after the other, each complete by its name. Used by one
/// thread.
final class DropWay implements Feed.Way {
    private final Path inbox;
    private int number;

    DropWay(Path inbox) {
        this.inbox = inbox;
    }

    /// Tries until there is room on the disk.
    private static void write(Path file, String text) throws InterruptedException {
        while (true) {
            try {
                Files.writeString(file, text);
                return;
            } catch (IOException e) {
                Thread.sleep(200);
            }
        }
    }

    @Override
    public void give(List<Recipe.Item> batch) throws IOException, InterruptedException {
        String text = batch.stream().map(Recipe.Item::json).collect(Collectors.joining("\n"));
        String name = "drop-%06d.json".formatted(++number);
        Path hidden = inbox.resolve("." + name + ".part");
        while (!Files.isDirectory(inbox)) {
            Thread.sleep(100);
        }
        write(hidden, text);
        Path shown = inbox.resolve(name);
        Files.move(hidden, shown, StandardCopyOption.ATOMIC_MOVE);
        while (Files.exists(shown)) { // else two files may be taken in any order
            Thread.sleep(100);
        }
    }
}
