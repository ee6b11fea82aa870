package io.steward.agent.http;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Which data folders of one user have an agent: a folder with one small file for each, which holds
/// the path of the data folder. By it the command line finds an agent wherever its data is. Entries
/// of agents that crashed are harmless: `agent.json` has the last word.
///
/// @param folder `~/.steward/agents`, or `agents` in `$STEWARD_HOME`
public record AgentRegistry(Path folder) {

    /// The registry of the user who runs this program.
    public static AgentRegistry ofUser(Map<String, String> environment) {
        return new AgentRegistry(home(environment).resolve("agents"));
    }

    /// The folder that holds what Steward keeps for one user: `$STEWARD_HOME`, else `~/.steward`.
    public static Path home(Map<String, String> environment) {
        String home = environment.get("STEWARD_HOME");
        return home == null || home.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".steward")
                : Path.of(home).toAbsolutePath();
    }

    /// Remembers a data folder.
    public void add(Path data) throws IOException {
        PrivateFile.folders(folder);
        PrivateFile.replace(entry(data), data.toAbsolutePath().normalize() + "\n");
    }

    /// Forgets it.
    public void remove(Path data) throws IOException {
        Files.deleteIfExists(entry(data));
    }

    /// The data folders that are remembered or stand beside the registry, whether an agent runs in
    /// them or not.
    public List<Path> dataFolders() throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path entry : list(folder)) {
            try {
                found.add(Path.of(Files.readString(entry, StandardCharsets.UTF_8).strip()));
            } catch (InvalidPathException e) {
                Files.deleteIfExists(entry);
            }
        }
        Path home = folder.getParent();
        if (home != null) {
            for (Path data : list(home)) {
                if (Files.exists(data.resolve(AgentFile.NAME))) {
                    found.add(data);
                }
            }
        }
        return List.copyOf(found);
    }

    private Path entry(Path data) {
        String path = data.toAbsolutePath().normalize().toString();
        return folder.resolve(
                UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)).toString());
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        entries.sort(null);
        return entries;
    }
}
