package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// Prints documents for programs.
final class Documents {
    private Documents() {}

    /// Prints a document about one thing, which is one line of `jsonl`.
    ///
    /// @return false for the formats that are for people
    static boolean print(Shell shell, Format format, JsonNode document) {
        return print(shell, format, document, List.of(document));
    }

    /// Prints a document about several things.
    ///
    /// @param list the field whose items are the lines of `jsonl`
    /// @return false for the formats that are for people
    static boolean print(Shell shell, Format format, JsonNode document, String list) {
        return print(shell, format, document, document.path(list));
    }

    /// Prints a document whose lines of `jsonl` are not all in one list.
    ///
    /// @return false for the formats that are for people
    static boolean print(Shell shell, Format format, JsonNode document, Iterable<JsonNode> lines) {
        switch (format) {
            case JSON -> shell.json(document.toPrettyString());
            case JSONL -> lines.forEach(shell::json);
            case YAML -> shell.out().print(Yaml.of(document));
            case TABLE, RAW -> {
                return false;
            }
        }
        return true;
    }
}
