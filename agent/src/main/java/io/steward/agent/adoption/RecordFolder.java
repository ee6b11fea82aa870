package io.steward.agent.adoption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.identity.PublicKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// A folder with a file for each of some things, each replaced durably and in one step, and all of
/// them in memory. Not thread-safe.
final class RecordFolder<T> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Function<T, PublicKey> key;
    private final Function<T, JsonNode> write;
    private final Map<PublicKey, T> all =
            new TreeMap<>(java.util.Comparator.comparing(PublicKey::text));

    /// @param read throws [RuntimeException] on what is none
    RecordFolder(
            Path folder,
            Function<T, PublicKey> key,
            Function<T, JsonNode> write,
            Function<JsonNode, T> read)
            throws IOException {
        this.folder = folder;
        this.key = key;
        this.write = write;
        PrivateFile.folders(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[A-Z]*.json")) {
            for (Path file : files) {
                T found = read(file, read);
                all.put(key.apply(found), found);
            }
        }
    }

    private static <T> T read(Path file, Function<JsonNode, T> read) throws IOException {
        try {
            return read.apply(JSON.readTree(PrivateFile.secret(file)));
        } catch (JsonProcessingException e) {
            throw new IOException("%s: %s".formatted(file, e.getOriginalMessage()), e);
        } catch (RuntimeException e) {
            throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    Map<PublicKey, T> all() {
        return all;
    }

    void put(T record) throws IOException {
        PublicKey of = key.apply(record);
        PrivateFile.keep(folder.resolve(of + ".json"), write.apply(record).toPrettyString() + "\n");
        all.put(of, record);
    }
}
