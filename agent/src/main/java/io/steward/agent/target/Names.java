package io.steward.agent.target;

import io.steward.messages.NodeName;

/// What names of nodes and groups are made of.
final class Names {
    static final int LONGEST = 64;
    static final String ALPHABET = "A-Z a-z 0-9 _ -";

    private Names() {}

    static boolean allows(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-';
    }

    /// Refuses what no node can be called.
    ///
    /// @param value what stands at `token`
    static void check(Source source, Token token, Value value) throws TargetException {
        boolean isGlob = value instanceof Glob;
        boolean allowed =
                value.text()
                        .codePoints()
                        .allMatch(c -> allows(c) || (isGlob && "*?[]!".indexOf(c) >= 0));
        if (!allowed || value.text().isEmpty()) {
            throw source.error(
                    token.start(),
                    token.found(),
                    "a node name of %s, or a comparison such as os.family=debian"
                            .formatted(ALPHABET));
        }
        if (!isGlob) {
            try {
                new NodeName(value.text());
            } catch (IllegalArgumentException e) {
                throw source.error(
                        token.start(),
                        token.found(),
                        "a name that a node can have (%s)".formatted(e.getMessage()));
            }
        }
    }
}
