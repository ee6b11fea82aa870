package io.steward.campaign.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/// Adds to inmsg.txt, whether the agent runs or not.
record InmsgWay(Path file) implements Feed.Way {
    private static final long ENOUGH = 512 * 1_024;

    @Override
    public void give(List<Recipe.Item> batch) throws IOException, InterruptedException {
        String text =
                batch.stream().map(Recipe.Item::json).collect(Collectors.joining("\n", "", "\n"));
        while (size() > ENOUGH) {
            Thread.sleep(200);
        }
        // why: no CREATE but by the agent: an inmsg.txt that is being taken is made anew by it
        while (true) {
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    try {
                        channel.write(bytes);
                    } catch (FileSystemException | ClosedChannelException e) {
                        throw e;
                    } catch (IOException e) {
                        Thread.sleep(200); // the disk is full; who writes keeps the file open
                    }
                }
                return;
            } catch (NoSuchFileException e) {
                Thread.sleep(50);
            }
        }
    }

    private long size() throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
