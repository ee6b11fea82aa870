package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;

/// Prints documents for programs.
final class Documents {
    private Documents() {}

    /// @param list the field whose items are the lines of `jsonl`
    /// @return false for the formats that are for people
    static boolean print(Shell shell, Format format, JsonNode document, String list) {
        switch (format) {
            case JSON -> shell.out().println(document.toPrettyString());
            case JSONL -> document.path(list).forEach(item -> shell.out().println(item));
            case YAML -> shell.out().print(Yaml.of(document));
            case TABLE, RAW -> {
                return false;
            }
        }
        return true;
    }
}
