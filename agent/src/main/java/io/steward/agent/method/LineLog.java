package io.steward.agent.method;

import io.steward.messages.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Appends the lines of messages to `<data>/<folder>/<from>/<domain>.log`, one sync for each file
/// of a batch. Thread-safe. Sender and domain are tokens, so no path leaves the folder.
final class LineLog implements AutoCloseable {
    /// 64 MiB, and five of the old ones.
    static final long MAX_BYTES = 64L << 20;

    static final int KEEP = 5;

    private final String folder;
    private final AppendedFiles files;

    LineLog(String folder, long maxBytes, int keep) {
        this.folder = folder;
        this.files = new AppendedFiles(maxBytes, keep);
    }

    /// Appends what the messages say.
    ///
    /// @return for each message, in order, why its lines are not in the file; null if they are
    List<@Nullable IOException> append(List<Message> messages, Path dataFolder) {
        Map<Path, ByteArrayOutputStream> texts = new LinkedHashMap<>();
        for (Message message : messages) {
            ByteArrayOutputStream text =
                    texts.computeIfAbsent(
                            path(message, dataFolder), path -> new ByteArrayOutputStream());
            for (String item : message.data()) {
                text.writeBytes(item.getBytes(StandardCharsets.UTF_8));
                if (!item.endsWith("\n")) {
                    text.write('\n');
                }
            }
        }
        Map<Path, IOException> failures = new HashMap<>();
        texts.forEach((path, text) -> {
            try {
                files.append(path, text.toByteArray());
            } catch (IOException e) {
                failures.put(path, e);
            }
        });
        List<@Nullable IOException> results = new ArrayList<>();
        messages.forEach(message -> results.add(failures.get(path(message, dataFolder))));
        return results;
    }

    private Path path(Message message, Path dataFolder) {
        return dataFolder
                .resolve(folder)
                .resolve(message.from().value())
                .resolve(message.subject().domain() + ".log");
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
