package io.steward.agent.http;

import io.steward.agent.files.PrivateFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/// A certificate and its private key, in files of PEM (RFC 7468) as other servers have them.
record PemFiles(Path certificate, Path key) {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    /// When each was written.
    record Stamp(FileTime certificate, FileTime key) {}

    Stamp stamp() throws IOException {
        return new Stamp(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    }

    /// What a server shows of them.
    ///
    /// @throws IOException if one cannot be read, or is not as it has to be, or they do not belong
    ///   together; the message names the file and what to do
    X509ExtendedKeyManager keys() throws IOException {
        try {
            Certificate[] chain = chain();
            PrivateKey secret = secret();
            if (!secret.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm())) {
                throw new IOException(
                        "%s is a key of %s, and the first certificate in %s is of one of %s: expected those that belong together"
                                .formatted(
                                        key,
                                        secret.getAlgorithm(),
                                        certificate,
                                        chain[0].getPublicKey().getAlgorithm()));
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("agent", secret, new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    return keys;
                }
            }
            throw new IllegalStateException("every JDK has a manager of X.509 keys");
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "%s and %s cannot be used: %s".formatted(certificate, key, e.getMessage()), e);
        }
    }

    private Certificate[] chain() throws IOException, GeneralSecurityException {
        byte[] text = Files.readAllBytes(certificate);
        Certificate[] chain;
        try {
            chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(text))
                            .toArray(Certificate[]::new);
        } catch (java.security.cert.CertificateException e) {
            throw new IOException(
                    "%s holds no certificates: %s; expected PEM, -----BEGIN CERTIFICATE-----"
                            .formatted(certificate, e.getMessage()),
                    e);
        }
        if (chain.length == 0) {
            throw new IOException(
                    "%s holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----"
                            .formatted(certificate));
        }
        return chain;
    }

    private PrivateKey secret() throws IOException {
        Matcher pem = PRIVATE_KEY.matcher(PrivateFile.secret(key.toRealPath()));
        if (!pem.find()) {
            throw new IOException(
                    "%s holds no key in PKCS #8: expected -----BEGIN PRIVATE KEY-----; \"openssl pkcs8 -topk8 -nocrypt\" makes one of other forms"
                            .formatted(key));
        }
        PKCS8EncodedKeySpec spec;
        try {
            spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        } catch (IllegalArgumentException e) {
            throw new IOException(key + " is no PEM: " + e.getMessage(), e);
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                // why: it is a key of another algorithm
            }
        }
        throw new IOException(
                "%s holds no key that can be used: expected one of %s"
                        .formatted(key, String.join(", ", ALGORITHMS)));
    }
}
