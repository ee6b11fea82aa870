package io.steward.agent.policy;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.steward.agent.settings.Suggestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the rules of a policy. Strict: what it does not know, and what is given twice, is an
/// error, as a rule that means something else than it seems to is worse than none.
final class PolicyReader {
    private static final String RULES = "rules";

    private final String place;

    PolicyReader(String place) {
        this.place = place;
    }

    /// What is read next, and errors that name its place.
    private record Cursor(YAMLParser parser, String place) {
        JsonToken next() throws IOException, PolicyException {
            JsonToken token = parser.nextToken();
            if (parser.isCurrentAlias()) {
                throw error(
                        "an alias (*%s): write texts that begin with * in quotes"
                                .formatted(parser.getText()));
            }
            if (token != null && parser.getTypeId() != null) {
                throw error("a tag (!...): write texts that begin with ! in quotes");
            }
            return token;
        }

        String where() {
            return PolicyReader.place(place, parser.currentTokenLocation());
        }

        PolicyException error(String problem) {
            return new PolicyException(where() + ": " + problem);
        }
    }

    Policy read(String yaml) throws PolicyException {
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            Cursor cursor = new Cursor(parser, place);
            if (cursor.next() != JsonToken.START_OBJECT) {
                throw cursor.error("expected `rules:` with a list of rules");
            }
            List<Rule> rules = new ArrayList<>();
            eachKey(
                    cursor,
                    "",
                    List.of(RULES),
                    key -> {
                        if (cursor.next() != JsonToken.START_ARRAY) {
                            throw cursor.error(
                                    "rules: expected a list: a line `- name: ...` for each");
                        }
                        rules(cursor, rules);
                    },
                    seen -> {
                        if (!seen.contains(RULES)) {
                            throw cursor.error("rules: is missing");
                        }
                    });
            if (cursor.next() != null) {
                throw cursor.error("a second document: expected just one");
            }
            return new Policy(rules);
        } catch (JsonProcessingException e) {
            throw new PolicyException(
                    place(place, e.getLocation())
                            + ": not YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new PolicyException("cannot read %s: %s".formatted(place, e.getMessage()));
        }
    }

    private static void rules(Cursor cursor, List<Rule> rules) throws IOException, PolicyException {
        Set<String> names = new HashSet<>();
        while (cursor.next() != JsonToken.END_ARRAY) {
            String where = cursor.where();
            if (cursor.parser().currentToken() != JsonToken.START_OBJECT) {
                throw cursor.error("expected a rule: name, conditions, outcome");
            }
            Rule rule = rule(cursor, where);
            if (!names.add(rule.name())) {
                throw new PolicyException(
                        "%s: name: there is another rule %s: expected a name of its own"
                                .formatted(where, rule.name()));
            }
            rules.add(rule);
        }
    }

    private static Rule rule(Cursor cursor, String where) throws IOException, PolicyException {
        RuleDraft draft = new RuleDraft();
        eachKey(
                cursor,
                "",
                RuleDraft.KEYS,
                key -> {
                    cursor.next();
                    if (key.equals("limits")) {
                        limits(cursor, draft);
                    } else {
                        put(cursor, key, values(cursor, key), texts -> draft.put(key, texts));
                    }
                },
                _ -> {});
        try {
            return draft.rule();
        } catch (IllegalArgumentException e) {
            throw new PolicyException(where + ": " + e.getMessage());
        }
    }

    private static void limits(Cursor cursor, RuleDraft draft) throws IOException, PolicyException {
        if (cursor.parser().currentToken() != JsonToken.START_OBJECT) {
            throw cursor.error("limits: expected some of " + String.join(", ", RuleDraft.LIMITS));
        }
        eachKey(
                cursor,
                "limits.",
                RuleDraft.LIMITS,
                key -> {
                    JsonToken token = cursor.next();
                    if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
                        throw cursor.error("limits.%s: expected a value".formatted(key));
                    }
                    List<String> value = List.of(cursor.parser().getText());
                    put(cursor, key, value, texts -> draft.putLimit(key, texts.getFirst()));
                },
                _ -> {});
    }

    private static void put(
            Cursor cursor, String key, List<String> texts, Consumer<List<String>> into)
            throws PolicyException {
        try {
            into.accept(texts);
        } catch (IllegalArgumentException e) {
            throw cursor.error(key + ": " + e.getMessage());
        }
    }

    /// A text, or a list of them.
    private static List<String> values(Cursor cursor, String key)
            throws IOException, PolicyException {
        if (cursor.parser().currentToken() != JsonToken.START_ARRAY) {
            return List.of(text(cursor, key));
        }
        if (RuleDraft.SINGLE.contains(key)) {
            throw cursor.error(key + ": expected one text, not a list");
        }
        List<String> texts = new ArrayList<>();
        while (cursor.next() != JsonToken.END_ARRAY) {
            texts.add(text(cursor, key));
        }
        if (texts.isEmpty() && !key.equals("arguments")) {
            throw cursor.error(
                    key + ": an empty list: expected at least one, or leave the key out");
        }
        return texts;
    }

    private static String text(Cursor cursor, String key) throws IOException, PolicyException {
        JsonToken token = cursor.parser().currentToken();
        if (token != JsonToken.VALUE_STRING) {
            String what =
                    token.isScalarValue() && token != JsonToken.VALUE_NULL
                            ? "%s is not a text: write it in quotes"
                                    .formatted(cursor.parser().getText())
                            : "expected a text"
                                    + (RuleDraft.SINGLE.contains(key) ? "" : " or a list of them");
            throw cursor.error(key + ": " + what);
        }
        return cursor.parser().getText();
    }

    private interface KeyReader {
        void read(String key) throws IOException, PolicyException;
    }

    private interface EndReader {
        void read(Set<String> seen) throws PolicyException;
    }

    /// Reads the keys of an object, of which each may stand there once.
    private static void eachKey(
            Cursor cursor, String prefix, List<String> known, KeyReader reader, EndReader end)
            throws IOException, PolicyException {
        Set<String> seen = new HashSet<>();
        while (cursor.next() != JsonToken.END_OBJECT) {
            String key = cursor.parser().currentName();
            if (!known.contains(key)) {
                throw cursor.error(
                        "%s%s: there is no such key: %s"
                                .formatted(
                                        prefix,
                                        key,
                                        Suggestion.of(key, known)
                                                .map(near -> "did you mean " + near + "?")
                                                .orElse("expected " + String.join(", ", known))));
            }
            if (!seen.add(key)) {
                throw cursor.error("%s%s: is given twice".formatted(prefix, key));
            }
            reader.read(key);
        }
        end.read(seen);
    }

    private static String place(String file, @Nullable JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? file
                : "%s, line %d, column %d"
                        .formatted(file, location.getLineNr(), location.getColumnNr());
    }
}
