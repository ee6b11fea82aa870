package io.steward.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import io.avaje.jex.Jex;
import io.avaje.jex.Routing;
import io.avaje.jex.http.Context;
import io.avaje.jex.http.ExchangeHandler;
import io.avaje.jex.http.HttpResponseException;
import io.steward.agent.adoption.Standing;
import io.steward.agent.audit.Asker;
import io.steward.agent.audit.AuditEntry;
import io.steward.agent.broker.Broker;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.JournalException;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.policy.PolicyFile;
import io.steward.agent.schedule.ScheduleBook;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.HostAndPort;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.agent.settings.Settings.RemoteSettings;
import io.steward.messages.InputException;
import io.steward.messages.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the HTTP API of one agent on loopback, and to other machines if it is told to, and makes
/// it findable: the token and the address are files of the data folder. Every request runs on a
/// virtual thread of its own. Thread-safe.
public final class HttpApi implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpApi.class);

    /// The server's own logger, held so that its level stays: what it says at start is of no use.
    private static final java.util.logging.Logger SERVER_LOG =
            java.util.logging.Logger.getLogger("io.avaje.jex");

    private static final int MOST_WAITING = 500;
    private static final long FINISH_SECONDS = 2;

    private final Settings settings;
    private final AgentInfo info;
    private final AgentRegistry registry;
    private final Gate gate = new Gate(MOST_WAITING);
    private final Bodies bodies;
    private final IssuedTokens tokens;
    private final FailedAttempts failures;
    private final InstantSource clock;
    private final Consumer<AuditEntry> audit;
    private final List<Route> routes = new ArrayList<>();
    private final ExecutorService executor =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    private Jex.@Nullable Server server;
    private Jex.@Nullable Server remote;
    private @Nullable URI url;

    /// Listens on nothing yet.
    ///
    /// @param registry where the agent is entered while it listens
    /// @param audit writes a line of the audit log, which is on the disk when it returns
    public HttpApi(
            Settings settings,
            AgentInfo info,
            AgentRegistry registry,
            Outbox outbox,
            Journal journal,
            Kernel kernel,
            Broker broker,
            Fleet fleet,
            Standing standing,
            PolicyFile policy,
            Consumer<AuditEntry> audit) {
        this(
                settings,
                info,
                registry,
                outbox,
                journal,
                kernel,
                broker,
                fleet,
                standing,
                policy,
                audit,
                Limits.MAX_INPUT_BYTES,
                InstantSource.system(),
                new FailedAttempts(
                        FailedAttempts.Bounds.USUAL, InstantSource.system(), Thread::sleep));
    }

    HttpApi(
            Settings settings,
            AgentInfo info,
            AgentRegistry registry,
            Outbox outbox,
            Journal journal,
            Kernel kernel,
            Broker broker,
            Fleet fleet,
            Standing standing,
            PolicyFile policy,
            Consumer<AuditEntry> audit,
            int bodyLimit,
            InstantSource clock,
            FailedAttempts failures) {
        this.settings = settings;
        this.info = info;
        this.registry = registry;
        this.bodies = new Bodies(bodyLimit);
        this.tokens = new IssuedTokens(settings.data(), clock);
        this.failures = failures;
        this.clock = clock;
        this.audit = audit;
        Outcomes outcomes = new Outcomes(outbox, journal, gate);
        routes.addAll(
                new MessageRoutes(
                                outbox,
                                journal,
                                outcomes,
                                new Receivers(journal, broker),
                                fleet.roster())
                        .routes());
        routes.addAll(new OutputRoutes(outbox, journal, gate).routes());
        routes.addAll(new HistoryRoutes(settings.node(), journal, gate).routes());
        routes.addAll(new ResendRoutes(outbox, journal).routes());
        routes.addAll(new QueueRoutes(settings.node(), outbox, journal, broker).routes());
        routes.addAll(new ErrorRoutes(settings.data(), kernel, journal).routes());
        routes.addAll(new ProcessRoutes(kernel).routes());
        routes.addAll(new StatusRoutes(settings, info, outbox, journal, broker).routes());
        routes.addAll(
                new FleetRoutes(settings.node(), fleet, journal, broker, standing.registrar())
                        .routes());
        routes.addAll(new RunRoutes(fleet, journal, outbox, gate).routes());
        routes.addAll(
                new ScheduleRoutes(
                                new ScheduleBook(
                                        settings.node(),
                                        journal.schedules(),
                                        InstantSource.system()))
                        .routes());
        routes.addAll(new BroadcastRoutes(fleet, gate).routes());
        routes.addAll(new IdentityRoutes(standing.rotation(), settings.node()).routes());
        routes.addAll(new AdoptionRoutes(standing.registrar(), settings.node()).routes());
        routes.addAll(new DoctorRoutes(settings, journal, broker, outbox, policy).routes());
        routes.addAll(new PolicyRoutes(journal, policy).routes());
        routes.addAll(new TokenRoutes(tokens, settings.node()).routes());
        journal.onProcessed(gate::open);
        fleet.broadcasts().onTaken(gate::open);
    }

    /// Begins to listen, and writes the token, `agent.json` and the entry of the registry.
    ///
    /// @throws IOException if it cannot; the message names the address or the file, and what to do
    public synchronized void start() throws IOException {
        PrivateFile.folders(settings.data());
        HttpSettings http = settings.http();
        requireLoopback(http.host());
        tokens.load();
        Guard guard =
                new Guard(Hosts.of(http.host()), ApiToken.of(settings.data()), tokens, failures);
        Jex.Server started = listen(guard, http);
        server = started;
        String host =
                http.host().indexOf(':') >= 0 && !http.host().startsWith("[")
                        ? "[" + http.host() + "]"
                        : http.host();
        URI at = URI.create("http://" + host + ":" + started.port());
        url = at;
        try {
            startRemote(http.remote());
            new AgentFile(
                            settings.node(),
                            ProcessHandle.current().pid(),
                            at,
                            info.version(),
                            info.startedAt())
                    .write(settings.data());
        } catch (IOException e) {
            close();
            throw e;
        }
        try {
            registry.add(settings.data());
        } catch (IOException e) {
            log.warn(
                    "the command line will need --data {}: cannot write the registry in {}: {}",
                    settings.data(),
                    registry.folder(),
                    e.toString());
        }
    }

    private void startRemote(RemoteSettings settings) throws IOException {
        HostAndPort at = settings.address();
        if (at == null) {
            return;
        }
        SSLContext tls = tls(settings, at);
        if (tls == null) {
            log.warn(
                    "http.remote {}:{} is without TLS: whoever is on the way reads the tokens",
                    at.host(),
                    at.port());
        }
        Guard guard = new Guard(Hosts.remote(at.host(), settings.names()), null, tokens, failures);
        try {
            remote = jex(guard, at.host(), at.port(), tls).start();
        } catch (UncheckedIOException e) {
            throw new IOException(
                    "cannot listen on http.remote %s:%d (%s): give another address"
                            .formatted(at.host(), at.port(), e.getMessage()),
                    e);
        }
        log.info("other machines reach the API on port {}", remote.port());
    }

    private @Nullable SSLContext tls(RemoteSettings settings, HostAndPort at) throws IOException {
        Path certificate = settings.certificate();
        Path key = settings.key();
        if (certificate != null && key != null) {
            return new RenewedKeys(new PemFiles(certificate, key), clock).context();
        }
        if (certificate != null || key != null || !settings.insecure()) {
            throw new IOException(
                    "http.remote %s:%d needs http.certificate and http.key, for TLS; %s"
                            .formatted(
                                    at.host(),
                                    at.port(),
                                    certificate != null || key != null
                                            ? "one of them is missing"
                                            : "or http.insecure true, where nobody else is on the"
                                                    + " way"));
        }
        return null;
    }

    /// The port on which other machines reach it.
    ///
    /// @throws IllegalStateException if they do not
    synchronized int remotePort() {
        if (remote == null) {
            throw new IllegalStateException("the HTTP API is not served to other machines");
        }
        return remote.port();
    }

    /// Where it listens.
    ///
    /// @throws IllegalStateException if it does not
    public synchronized URI url() {
        if (url == null) {
            throw new IllegalStateException("the HTTP API does not listen");
        }
        return url;
    }

    /// Every route there is.
    List<Route> routes() {
        return List.copyOf(routes);
    }

    IssuedTokens tokens() {
        return tokens;
    }

    private Jex.Server listen(Guard guard, HttpSettings http) throws IOException {
        try {
            return jex(guard, http.host(), http.port(), null).start();
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof BindException)) {
                throw e.getCause();
            }
            if (http.portIsFixed() || http.port() == 0) {
                throw new IOException(
                        "cannot listen on %s:%d (%s): give another address with --http HOST:PORT"
                                .formatted(http.host(), http.port(), e.getCause().getMessage()),
                        e);
            }
            return jex(guard, http.host(), 0, null).start();
        }
    }

    private Jex jex(Guard guard, String host, int port, @Nullable SSLContext tls) {
        SERVER_LOG.setLevel(Level.WARNING);
        ServerLimits.set();
        Jex jex = Jex.create();
        jex.config()
                .host(host)
                .port(port)
                .executor(executor)
                .health(false)
                .compression(compression -> compression.disableCompression())
                .socketBacklog(256);
        if (tls != null) {
            jex.config().httpsConfig(tls);
        }
        Routing routing = jex.routing();
        for (Route route : routes) {
            ExchangeHandler handler = context -> serve(guard, route, context);
            switch (route.method()) {
                case "GET" -> routing.get(route.path(), handler);
                case "POST" -> routing.post(route.path(), handler);
                case "DELETE" -> routing.delete(route.path(), handler);
                default -> throw new IllegalStateException(route.method());
            }
        }
        // Requests that match no route come here only.
        jex.error(HttpResponseException.class, (context, e) -> turnAway(guard, context, e));
        return jex;
    }

    private void serve(Guard guard, Route route, Context context) {
        try {
            Caller caller = guard.check(context, route.least());
            Call call = new Call(context, route, bodies, caller, audit);
            if (caller == null) {
                route.handler().handle(call);
            } else {
                Asker.api(caller.name()).does(() -> route.handler().handle(call));
            }
        } catch (Problem problem) {
            Guard.answer(context, problem);
        } catch (InputException e) {
            Guard.answer(context, Problem.badInput(e));
        } catch (SubmitException e) {
            String detail = String.valueOf(e.getMessage());
            Guard.answer(
                    context,
                    e.isInputWrong()
                            ? new Problem(422, "The messages cannot be accepted", detail)
                            : e.isQueueFull()
                                    ? new Problem(429, "Too many messages wait", detail)
                                    : Problem.busy(detail));
        } catch (JournalException e) {
            Guard.answer(context, Problem.busy(String.valueOf(e.getMessage())));
        } catch (JacksonException e) {
            Guard.answer(
                    context, Problem.badRequest("The body is no JSON: " + e.getOriginalMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Guard.answer(context, Problem.busy("The agent is stopping"));
        } catch (IOException | UncheckedIOException e) {
            log.debug(
                    "{} {}: the caller went away: {}", route.method(), route.path(), e.toString());
        } catch (Exception e) {
            log.error("{} {} failed", route.method(), route.path(), e);
            if (!context.responseSent()) {
                Guard.answer(
                        context,
                        new Problem(
                                500,
                                "The agent failed to answer",
                                "%s; its log has the details".formatted(e)));
            }
        }
    }

    private static void turnAway(Guard guard, Context context, HttpResponseException e) {
        try {
            guard.check(context, Role.VIEWER);
            throw new Problem(
                    e.status(),
                    "There is no such route",
                    "%s %s: %s"
                            .formatted(
                                    context.method(),
                                    context.exchange().getRequestURI().getPath(),
                                    "there is no such route"));
        } catch (Problem problem) {
            Guard.answer(context, problem);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            Guard.answer(context, Problem.busy("The agent is stopping"));
        }
    }

    private static void requireLoopback(String host) throws IOException {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (!InetAddress.getByName(bare).isLoopbackAddress()) {
            throw new IOException(
                    "http.address %s is not this machine alone: expected 127.0.0.1 or ::1; other machines reach the API at http.remote, with TLS, or by an SSH tunnel"
                            .formatted(host));
        }
    }

    /// Answers those who wait, gives running requests a moment to end, and returns when no thread
    /// is left. Removes `agent.json` and the entry of the registry.
    @Override
    public synchronized void close() {
        gate.close();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(FINISH_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (remote != null) {
            remote.shutdown();
            remote = null;
        }
        if (server != null) {
            server.shutdown();
            server = null;
            url = null;
            forget();
        }
        executor.close();
    }

    private void forget() {
        try {
            AgentFile.delete(settings.data());
            registry.remove(settings.data());
        } catch (IOException e) {
            log.warn("cannot remove the entry of this agent: {}", e.toString());
        }
    }
}
