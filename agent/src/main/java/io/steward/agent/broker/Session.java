package io.steward.agent.broker;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.StreamContext;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to one server, from the handshake to its end; it never reconnects. So nothing
/// that was handed to it can reach the broker after it has ended, and what is in flight never spans
/// two connections: jnats keeps unsent messages over its own reconnects, which would put newer
/// messages before older ones that are sent again. [Link] makes the next session. Thread-safe.
final class Session implements Creations.Asking {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Duration API_TIMEOUT = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 15;
    private static final String REQUESTS = "$JS.";

    /// A request to JetStream that was not permitted, which nobody answers.
    private record Denied(String error, long nanos) {}

    private final long number;
    private final SessionThreads threads;
    private final CountDownLatch dropped = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
    private final Connection connection;
    private final JetStreamManagement management;
    private final JetStreamOptions apiOptions;
    private final @Nullable String domain;
    private final Domains domains;
    private final String answers;
    private final InFlight inFlight;
    private volatile @Nullable Denied deniedRequest;
    private final Creations creations;

    /// Connects, trying each server once.
    ///
    /// @param number which it is, counted from 1
    /// @param domains what earlier sessions have learned, and this one adds to
    /// @throws IOException if none took the connection; the message says why
    Session(long number, ConnectOptions connect, List<String> servers, Domains domains)
            throws IOException, InterruptedException {
        this.number = number;
        this.domain = connect.domain();
        this.answers = connect.answers();
        this.domains = domains;
        this.apiOptions = in(connect.domain());
        threads = new SessionThreads(connect.name());
        Problems problems = new Problems();
        Connection made = null;
        try {
            Options options = connect.build(servers, threads, problems, this::changed);
            made = Nats.connect(options);
            problems.attach(this);
            connection = made;
            management = made.jetStreamManagement(apiOptions);
            inFlight = new InFlight(this, threads.scheduler());
            creations = new Creations(this);
        } catch (IOException e) {
            giveUp(made);
            String said = problems.why();
            throw said == null || String.valueOf(e.getMessage()).contains(said)
                    ? e
                    : new IOException(e.getMessage() + ": " + said, e);
        } catch (InterruptedException | RuntimeException e) {
            giveUp(made);
            throw e;
        }
    }

    private void giveUp(@Nullable Connection made) throws InterruptedException {
        if (made != null) {
            made.close();
        }
        threads.end();
    }

    private void changed(Connection of, io.nats.client.ConnectionListener.Events event) {
        switch (event) {
            case DISCONNECTED -> drop("the connection was lost");
            case CLOSED -> {
                drop("the connection was closed");
                closed.countDown();
            }
            case LAME_DUCK -> LOG.info("the server is about to stop (lame duck mode)");
            default -> LOG.debug("connection: {}", event);
        }
    }

    /// Nothing may be sent any more; what is in flight fails.
    void drop(String why) {
        reason.compareAndSet(null, why);
        dropped.countDown();
        InFlight open = inFlight; // an event may come before the constructor has ended
        if (open != null) {
            open.failAll(why);
        }
    }

    boolean isOpen() {
        return dropped.getCount() > 0;
    }

    /// Why it ended; null while it is open.
    @Nullable String reason() {
        return reason.get();
    }

    void awaitDrop() throws InterruptedException {
        dropped.await();
    }

    /// Ends it and waits until its threads have ended. Afterwards nothing of it reaches the broker.
    ///
    /// @param flush whether to wait shortly until what was handed to it has been sent
    void end(boolean flush) throws InterruptedException {
        try {
            if (flush && isOpen()) {
                flush();
            }
            drop("the connection was closed");
            if (connection.getStatus() != Connection.Status.CONNECTED) {
                // jnats closes it by itself; two at once wait for each other
                closed.await(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
            connection.close();
        } finally {
            threads.end();
        }
    }

    private void flush() throws InterruptedException {
        try {
            connection.flush(Duration.ofSeconds(2));
        } catch (java.util.concurrent.TimeoutException | IllegalStateException e) {
            LOG.debug("not flushed before closing", e);
        }
    }

    long number() {
        return number;
    }

    InFlight inFlight() {
        return inFlight;
    }

    Creations creations() {
        return creations;
    }

    JetStreamManagement management() {
        return management;
    }

    Connection connection() {
        return connection;
    }

    private static JetStreamOptions in(@Nullable String domain) {
        return JetStreamOptions.builder().requestTimeout(API_TIMEOUT).domain(domain).build();
    }

    JetStream jetStream() {
        return management.jetStream();
    }

    /// A stream, in the right domain.
    StreamContext stream(String name) throws IOException, JetStreamApiException {
        return connection.getStreamContext(name, apiOptions);
    }

    /// The subject on which a key of a bucket is written, in the right domain.
    String keyValue(String key) {
        return domain == null ? key : api(key);
    }

    /// A subject of the JetStream API, in this agent's domain.
    @Override
    public String api(String rest) {
        return api(domain, rest);
    }

    /// A subject of the JetStream API in a domain; null for that of the server.
    static String api(@Nullable String domain, String rest) {
        return domain == null ? "$JS.API." + rest : "$JS." + domain + ".API." + rest;
    }

    /// In which domains streams are.
    @Override
    public Domains domains() {
        return domains;
    }

    /// The domain in which a stream is that is not in this agent's own.
    ///
    /// @return null if none is known
    @Nullable JetStreamManagement elsewhere(String stream) throws IOException {
        String there = domains.of(stream);
        return there == null || there.equals(domain)
                ? null
                : connection.jetStreamManagement(in(there));
    }

    long maxPayload() {
        return connection.getMaxPayload();
    }

    @Override
    public String serverName() {
        return connection.getServerInfo().getServerName();
    }

    String version() {
        return connection.getServerInfo().getVersion();
    }

    /// The server without user and password.
    String url() {
        String url = connection.getConnectedUrl();
        return url == null ? "" : withoutUser(url);
    }

    static String withoutUser(String url) {
        int at = url.lastIndexOf('@');
        int scheme = url.indexOf("://");
        return at < 0
                ? url
                : (scheme < 0 ? "" : url.substring(0, scheme + 3)) + url.substring(at + 1);
    }

    /// The servers it has heard of, for the next session.
    List<String> servers() {
        return connection.getServers().stream().map(Session::withoutUser).toList();
    }

    /// Sends, if it is still open.
    ///
    /// @throws IllegalStateException if the connection has ended
    void send(String subject, @Nullable String reply, @Nullable Headers headers, byte[] payload) {
        if (!isOpen()) {
            throw new IllegalStateException("the connection has ended");
        }
        connection.publish(subject, reply, headers, payload);
    }

    /// Asks; the answer fails where there is none.
    ///
    /// @throws IllegalStateException if the connection has ended, or takes nothing just now
    @Override
    public CompletableFuture<Message> request(String subject) {
        return connection.request(subject, new byte[0]);
    }

    Subscription subscribe(String subject) {
        return connection.subscribe(subject);
    }

    /// Calls `handler` for each message of `subject` on one thread, in order.
    Dispatcher subscribe(String subject, MessageHandler handler) {
        return connection.createDispatcher(handler).subscribe(subject);
    }

    /// One thread for any number of subjects, each with a handler of its own.
    Dispatcher dispatcher() {
        return connection.createDispatcher();
    }

    /// A subject on which what the broker answers is heard, and nobody else may publish.
    String inbox() {
        return connection.createInbox();
    }

    /// A subject on which what other nodes answer is heard.
    String answers() {
        return answers + "." + NUID.nextGlobal();
    }

    /// A message was not permitted: who waits for its answer is told.
    ///
    /// @return whether anybody was
    boolean denied(String subject, String error) {
        if (subject.regionMatches(true, 0, REQUESTS, 0, REQUESTS.length())) {
            deniedRequest = new Denied(error, System.nanoTime());
        }
        return inFlight.denied(subject, error) || creations.denied(subject);
    }

    /// Why a request that was not answered was not, if one was not permitted while it waited.
    BrokerException refusal(String doing, Exception e) {
        Denied denied = deniedRequest;
        BrokerException said = Refusals.of(doing, e);
        return denied != null
                        && said.kind() == BrokerException.Kind.UNREACHABLE
                        && isOpen()
                        && System.nanoTime() - denied.nanos() < API_TIMEOUT.plusSeconds(1).toNanos()
                ? new BrokerException(
                        BrokerException.Kind.DENIED,
                        doing + ": the broker does not permit it: " + denied.error(),
                        e)
                : said;
    }

    /// The servers of the settings, in the form jnats wants, without user and password.
    static List<String> servers(List<URI> urls) {
        return urls.stream().map(url -> withoutUser(url.toString())).toList();
    }
}
