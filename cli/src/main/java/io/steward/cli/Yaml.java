package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;

/// Writes a tree of JSON as YAML 1.2: strings that could be taken for something else are quoted as
/// in JSON, which YAML contains.
final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./@+-]*");
    private static final Pattern TAKEN_OTHERWISE =
            Pattern.compile("(?i)true|false|yes|no|on|off|null|y|n");

    private Yaml() {}

    static String of(JsonNode node) {
        StringBuilder text = new StringBuilder();
        if (isBlock(node)) {
            block(text, node, 0, true);
        } else {
            text.append(scalar(node)).append('\n');
        }
        return Visible.json(text.toString());
    }

    /// @param startsLine false if the first line's indentation is there already
    private static void block(StringBuilder text, JsonNode node, int indent, boolean startsLine) {
        boolean first = !startsLine;
        if (node.isArray()) {
            for (JsonNode item : node) {
                indent(text, first ? 0 : indent).append("- ");
                first = false;
                if (isBlock(item)) {
                    block(text, item, indent + 2, false);
                } else {
                    text.append(scalar(item)).append('\n');
                }
            }
            return;
        }
        for (var field : node.properties()) {
            indent(text, first ? 0 : indent).append(string(field.getKey())).append(':');
            first = false;
            if (isBlock(field.getValue())) {
                text.append('\n');
                block(text, field.getValue(), indent + 2, true);
            } else {
                text.append(' ').append(scalar(field.getValue())).append('\n');
            }
        }
    }

    private static boolean isBlock(JsonNode node) {
        return node.isContainerNode() && !node.isEmpty();
    }

    private static String scalar(JsonNode node) {
        return node.isTextual() ? string(node.asText()) : node.toString();
    }

    private static String string(String value) {
        return PLAIN.matcher(value).matches() && !TAKEN_OTHERWISE.matcher(value).matches()
                ? value
                : com.fasterxml.jackson.databind.node.TextNode.valueOf(value).toString();
    }

    private static StringBuilder indent(StringBuilder text, int spaces) {
        return text.repeat(' ', spaces);
    }
}
