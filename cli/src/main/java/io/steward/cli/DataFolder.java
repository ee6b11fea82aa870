package io.steward.cli;

import io.steward.agent.http.AgentRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Finds the data folder of an agent that need not run: that of `--data`, else `$STEWARD_DATA`,
/// else the only one of this user.
final class DataFolder {
    private DataFolder() {}

    /// @throws CliException if there is none, or more than one
    static Path of(Shell shell, Common options) {
        if (options.data != null) {
            return existing(shell.folder().resolve(options.data));
        }
        String variable = shell.environment().getOrDefault("STEWARD_DATA", "");
        if (!variable.isEmpty()) {
            return existing(shell.folder().resolve(variable));
        }
        AgentRegistry registry = AgentRegistry.ofUser(shell.environment());
        List<Path> folders;
        try {
            folders = registry.dataFolders().stream().filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "cannot look for agents in %s: %s".formatted(registry.folder(), e),
                    e);
        }
        if (folders.size() != 1) {
            throw new CliException(
                    Exit.USAGE,
                    "%d agents of yours are known on this machine: name the data folder of one with --data DIR or STEWARD_DATA"
                            .formatted(folders.size()));
        }
        return folders.getFirst();
    }

    private static Path existing(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CliException(
                    Exit.USAGE, "%s is no folder: expected an agent's".formatted(folder));
        }
        return folder;
    }
}
