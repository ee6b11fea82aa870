package io.steward.agent.target;

import java.util.List;
import java.util.Locale;

/// What of a node a comparison asks for: `name`, `state`, `cloud`, `tag`, or else the fact of that
/// key.
record Key(String name) {
    static final Key NAME = new Key("name");
    static final Key STATE = new Key("state");
    static final List<String> STATES =
            List.of("up", "late", "down", "stopped", "maintenance", "pending");
    static final List<String> BUILT_IN = List.of("name", "state", "cloud", "tag");

    /// The key that stands at `token`.
    ///
    /// @throws TargetException if it cannot be one, or is only nearly one of those that are built
    ///   in
    static Key read(Source source, Token token) throws TargetException {
        String word = token.text();
        if (!token.is(Token.Kind.WORD) || Glob.isGlob(word)) {
            throw source.error(
                    token.start(), token.found(), "a key without quotes and without * ? []");
        }
        String nearly = word.toLowerCase(Locale.ROOT);
        nearly = nearly.endsWith("s") ? nearly.substring(0, nearly.length() - 1) : nearly;
        if (BUILT_IN.contains(nearly) && !word.equals(nearly)) {
            throw source.error(token.start(), token.found(), "the key " + nearly);
        }
        if (word.startsWith(".") || word.endsWith(".") || word.contains("..")) {
            throw source.error(
                    token.start(),
                    token.found(),
                    "words with single dots between them, as os.family");
        }
        return new Key(word);
    }

    boolean isFact() {
        return !BUILT_IN.contains(name);
    }

    /// Whether more is asked for than name and state.
    boolean asksFacts() {
        return !equals(NAME) && !equals(STATE);
    }

    /// Whether the node has it, and with such a value. One such tag is enough.
    boolean is(Value value, Candidate node) {
        return switch (name) {
            case "name" -> value.matches(node.name().value());
            case "state" -> value.matches(node.state());
            case "cloud" -> node.cloud() != null && value.matches(node.cloud());
            case "tag" -> node.tags().stream().anyMatch(value::matches);
            default -> {
                String fact = node.facts().get(name);
                yield fact != null && value.matches(fact);
            }
        };
    }

    /// Whether two numbers are compared as such, and not as versions.
    boolean comparesNumbers() {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "version", "release", "kernel" -> false;
            default -> true;
        };
    }

    /// Less than 0 if `one` is lower than `other`, as this key is compared: a version if that is
    /// what its last word says, else as numbers if both are, and as versions if they are not.
    int compare(String one, String other) {
        return comparesNumbers() && Numbers.isDecimal(one) && Numbers.isDecimal(other)
                ? Numbers.compare(one, other)
                : Versions.compare(one, other);
    }
}
