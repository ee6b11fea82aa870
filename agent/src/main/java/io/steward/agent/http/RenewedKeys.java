package io.steward.agent.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that the server shows: the one of the files, also after they were renewed. While
/// what is in them cannot be used, the one before stays. Thread-safe.
final class RenewedKeys extends X509ExtendedKeyManager {
    private static final Logger log = LoggerFactory.getLogger(RenewedKeys.class);

    /// How often the files are looked at, at most.
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final PemFiles files;
    private final InstantSource clock;
    private volatile X509ExtendedKeyManager keys;
    private PemFiles.Stamp stamp;
    private Instant looked;

    /// @throws IOException if the files cannot be used
    RenewedKeys(PemFiles files, InstantSource clock) throws IOException {
        this.files = files;
        this.clock = clock;
        this.stamp = files.stamp();
        this.keys = files.keys();
        this.looked = clock.instant();
    }

    /// What a server needs to show it.
    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {this}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this JDK has no TLS: " + e.getMessage(), e);
        }
    }

    private synchronized void renew() {
        Instant now = clock.instant();
        if (Duration.between(looked, now).abs().compareTo(PERIOD) < 0) {
            return;
        }
        looked = now;
        try {
            PemFiles.Stamp found = files.stamp();
            if (!found.equals(stamp)) {
                stamp = found;
                keys = files.keys();
                log.info("the certificate {} is a new one", files.certificate());
            }
        } catch (IOException e) {
            log.warn("the certificate stays the one before: {}", e.getMessage());
        }
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, SSLEngine engine) {
        renew();
        return keys.chooseEngineServerAlias(type, issuers, engine);
    }

    @Override
    public @Nullable String chooseServerAlias(
            String type, Principal @Nullable [] issuers, Socket socket) {
        renew();
        return keys.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return keys.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return keys.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return keys.getServerAliases(type, issuers);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
