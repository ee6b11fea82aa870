package io.steward.agent.identity;

/// What a client logs in with: its token and its key, in the form of NATS's `.creds` files.
public final class Credentials {
    private Credentials() {}

    /// The text of such a file. It holds a secret.
    public static String of(String token, Key key) {
        return """
        -----BEGIN NATS USER JWT-----
        %s
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        %s
        ------END USER NKEY SEED------
        """
                .formatted(token, key.seed());
    }
}
