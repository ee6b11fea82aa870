package io.steward.agent.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS with servers of which certain certificates have signed the one that they show.
final class Trust {
    private Trust() {}

    /// @param certificates a PEM file of one or more
    /// @throws IOException if it cannot be read, or holds none; the message names it
    static SSLContext of(Path certificates) throws IOException {
        try (InputStream in = Files.newInputStream(certificates)) {
            Collection<? extends Certificate> all =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) {
                throw new IOException(
                        "broker.ca: %s holds no certificate: expected PEM".formatted(certificates));
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int n = 0;
            for (Certificate each : all) {
                trusted.setCertificateEntry("ca-" + n++, each);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "broker.ca: %s: %s, expected certificates as PEM"
                            .formatted(certificates, e.getMessage()),
                    e);
        }
    }
}
