package io.steward.agent.method;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Syslog over UDP (RFC 5426): one datagram for each message, and no word from the other side.
final class SyslogDatagrams implements SyslogSender {
    private static final int MOST_BYTES = 65_507;

    private final String host;
    private final int port;

    SyslogDatagrams(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public void send(List<byte[]> messages) throws IOException {
        InetSocketAddress server = new InetSocketAddress(host, port);
        if (server.isUnresolved()) {
            throw new UnknownHostException(host + ": no such host");
        }
        for (byte[] message : messages) {
            if (message.length > MOST_BYTES) {
                throw new TooLong(message.length, MOST_BYTES);
            }
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            for (byte[] message : messages) {
                socket.send(new DatagramPacket(message, message.length, server));
            }
        }
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "udp://" + host + ":" + port;
    }
}
