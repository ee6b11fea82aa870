package io.steward.agent.identity;

/// What a key stands for; the public form of a key begins with a letter of its own for each.
public enum KeyKind {
    /// Signs accounts.
    OPERATOR('O'),
    /// Signs users: a fleet.
    ACCOUNT('A'),
    /// Signs messages and logs in at the broker: a node.
    USER('U');

    private final char letter;

    KeyKind(char letter) {
        this.letter = letter;
    }

    char letter() {
        return letter;
    }
}
