package io.steward.agent.broker;

import io.steward.agent.identity.FleetKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The configuration of a nats-server of one's own, which lets in the members of a fleet and nobody
/// else.
///
/// @param listen host and port
/// @param store the folder in which the server keeps streams and accounts
/// @param certificate of the server, PEM, with those that have signed it; null for no TLS
/// @param key of the certificate; null for no TLS
/// @param domain of JetStream; null for none
public record ServerConfig(
        String listen,
        Path store,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String domain) {
    public ServerConfig {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "a certificate without its key, or a key without its certificate: expected"
                            + " both");
        }
    }

    /// The text of the file.
    ///
    /// @throws IOException if a token of the fleet cannot be read or kept, or a value cannot stand
    ///   in such a file
    public String text(FleetKeys fleet) throws IOException {
        return """
        # A nats-server of a Steward fleet: it lets in members, and nobody else.
        listen: %s
        max_payload: 8MB
        %s%s
        jetstream {
          store_dir: %s
          # what is acknowledged is on the disk
          sync_interval: always
          # each mailbox reserves its max bytes of this: what bounds is the disk
          max_file_store: 1000TB
          # for more than 1,000 nodes nats-server 2.15 needs the next line; older ones do not know it
          # limits { default_max_consumers: 100000 }
        %s}
        """
                .formatted(
                        quoted(listen),
                        tls(),
                        fleet.serverConfiguration(quoted(store.resolve("accounts").toString())),
                        quoted(store.toString()),
                        domain == null ? "" : "  domain: %s\n".formatted(quoted(domain)));
    }

    private String tls() throws IOException {
        if (certificate == null || key == null) {
            return "";
        }
        return """
        tls {
          cert_file: %s
          key_file: %s
          min_version: "1.2"
        }
        """
                .formatted(quoted(certificate.toString()), quoted(key.toString()));
    }

    /// As a text in a configuration.
    ///
    /// @throws IOException if it cannot be one
    static String quoted(String value) throws IOException {
        if (value.chars().anyMatch(c -> c == '"' || c == '\\' || c < 0x20)) {
            throw new IOException(
                    "\"%s\" cannot stand in nats.conf: expected no quotes, backslashes or control characters"
                            .formatted(value));
        }
        return '"' + value + '"';
    }
}
