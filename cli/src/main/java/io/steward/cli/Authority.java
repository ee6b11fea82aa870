package io.steward.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// Whom to believe that an agent is the one of its name.
final class Authority {
    private Authority() {}

    /// Connections that believe only the certificates of a file of PEM, and those that they signed.
    ///
    /// @throws CliException if the file cannot be read, or holds none
    static SSLSocketFactory of(Path file) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(Files.readAllBytes(file)))) {
                trusted.setCertificateEntry(Integer.toString(number++), each);
            }
            if (number == 0) {
                throw new CliException(
                        Exit.USAGE,
                        "--ca %s holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----"
                                .formatted(file));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new CliException(
                    Exit.USAGE,
                    "--ca %s cannot be used: %s; expected certificates, PEM".formatted(file, e),
                    e);
        }
    }
}
