package io.steward.agent.method;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/// Sends syslog messages to one server. Thread-safe. Connecting takes some seconds at most; a
/// server that takes nothing blocks the sender until it is interrupted.
interface SyslogSender extends AutoCloseable {

    /// Sends all, in order. On an error it is not known how many of them have arrived.
    void send(List<byte[]> messages) throws IOException;

    @Override
    void close() throws IOException;

    /// A message that this transport cannot carry, however often it is tried.
    final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;

        TooLong(int bytes, int most) {
            super(
                    "a line of %d bytes does not fit in a datagram of %d; use tcp: or tls:"
                            .formatted(bytes, most));
        }
    }

    /// @throws IllegalArgumentException if the URI is not `udp://host:514`, `tcp://host:601` or
    ///   `tls://host:6514`; the port may be left out
    static SyslogSender to(URI server, SSLSocketFactory tls) {
        String scheme = String.valueOf(server.getScheme());
        String host = server.getHost();
        if (host == null) {
            throw unknown(server);
        }
        String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = server.getPort();
        return switch (scheme) {
            case "udp" -> new SyslogDatagrams(address, port < 0 ? 514 : port);
            case "tcp" -> new SyslogStream(address, port < 0 ? 601 : port, SyslogStream.plain());
            case "tls" -> new SyslogStream(address, port < 0 ? 6514 : port, SyslogStream.tls(tls));
            default -> throw unknown(server);
        };
    }

    private static IllegalArgumentException unknown(URI server) {
        return new IllegalArgumentException(
                "syslog server \"%s\" is not known: expected udp://host:514, tcp://host:601 or tls://host:6514"
                        .formatted(server));
    }
}
