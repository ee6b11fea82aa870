package io.steward.agent.method;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Syslog over TCP (RFC 6587) or TLS (RFC 5425): each message after its length, on one connection
/// that is kept. The protocol knows no answer, so what the server had not read when it went down is
/// lost; a connection that it has closed is noticed before it is used again.
final class SyslogStream implements SyslogSender {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int HANDSHAKE_MILLIS = 5_000;
    private static final int LOOK_MILLIS = 1;

    private final String host;
    private final int port;
    private final Wrap wrap;
    private @Nullable Socket open;

    /// Makes of a connection what is written to.
    interface Wrap {
        Socket wrap(Socket connected, String host, int port) throws IOException;
    }

    SyslogStream(String host, int port, Wrap wrap) {
        this.host = host;
        this.port = port;
        this.wrap = wrap;
    }

    static Wrap plain() {
        return (connected, host, port) -> connected;
    }

    static Wrap tls(SSLSocketFactory factory) {
        return (connected, host, port) -> {
            connected.setSoTimeout(HANDSHAKE_MILLIS);
            SSLSocket socket = (SSLSocket) factory.createSocket(connected, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        };
    }

    @Override
    public synchronized void send(List<byte[]> messages) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            frames.writeBytes((message.length + " ").getBytes(StandardCharsets.US_ASCII));
            frames.writeBytes(message);
        }
        Socket socket = open;
        if (socket == null || isClosedByServer(socket)) {
            close();
            socket = connect();
            open = socket;
        }
        try {
            socket.getOutputStream().write(frames.toByteArray());
            socket.getOutputStream().flush();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            return wrap.wrap(socket, host, port);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean isClosedByServer(Socket socket) {
        try {
            socket.setSoTimeout(LOOK_MILLIS);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException nothingToRead) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        Socket old = open;
        open = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
