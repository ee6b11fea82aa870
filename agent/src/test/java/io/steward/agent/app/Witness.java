package io.steward.agent.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What really happened, seen from outside the product: commands append to a file.
final class Witness {
    private final Path file;

    Witness(Path folder) {
        this.file = folder.resolve("witness.txt");
    }

    /// A message that has `node` write `word` down.
    String command(String node, String domain, String word) {
        return """
        {"toNode": "%s", "commandOrEvent": "command", "method": "shellcommand", "domain": "%s",
         "data": ["sh", "-c", "echo $1 >> $2", "sh", "%s", "%s"], "ackTimeout": "2s"}
        """
                .formatted(node, domain, word, file);
    }

    List<String> seen() throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    Path file() {
        return file;
    }
}
