package io.steward.agent.facts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;

/// Facts as JSON and back.
final class FactsJson {
    private FactsJson() {}

    static ObjectNode write(Facts facts) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        facts.values().forEach((key, value) -> write(json, key, value));
        return json;
    }

    private static void write(ObjectNode json, String key, String value) {
        if (FactKey.isText(key)) {
            json.put(key, value);
        } else if (value.equals("true") || value.equals("false")) {
            json.put(key, value.equals("true"));
        } else if (!FactValue.isCanonicalNumber(value)) {
            json.put(key, value);
        } else if (value.indexOf('.') < 0) {
            json.put(key, Long.parseLong(value));
        } else {
            json.put(key, new BigDecimal(value));
        }
    }

    static Facts read(ObjectNode json) {
        TreeMap<String, String> found = new TreeMap<>();
        flatten("", json, found);
        return new Facts(found);
    }

    private static void flatten(String prefix, JsonNode object, Map<String, String> found) {
        for (Entry<String, JsonNode> member : object.properties()) {
            String key = prefix + member.getKey().toLowerCase(Locale.ROOT);
            JsonNode value = member.getValue();
            if (!FactKey.isValid(key) || value.isNull()) {
                continue;
            }
            if (value.isObject()) {
                flatten(key + ".", value, found);
            } else if (found.size() < Facts.MAX_FACTS) {
                found.putIfAbsent(key, text(value));
            }
        }
    }

    private static String text(JsonNode value) {
        if (value.isDouble() && Double.isFinite(value.doubleValue())) {
            return FactValue.plain(value.decimalValue());
        }
        if (!value.isArray()) {
            return value.asText();
        }
        List<String> items = new ArrayList<>();
        value.forEach(item -> items.add(item.isContainerNode() ? item.toString() : text(item)));
        return String.join(",", items);
    }
}
