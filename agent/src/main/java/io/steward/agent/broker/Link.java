package io.steward.agent.broker;

import io.steward.agent.kernel.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one [Session] after the other, for ever, with growing random pauses between the tries so
/// that a fleet does not come back all at once. Owns the thread that does it. Thread-safe.
final class Link implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final Backoff PAUSES =
            new Backoff(
                    Duration.ofMillis(100), Duration.ofSeconds(5), 2, 0.7, Duration.ofSeconds(10));
    private static final int MAX_SERVERS = 64;

    private final ConnectOptions options;
    private final List<String> configured;
    private final InstantSource clock;
    private final List<Consumer<Broker.Status>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Session>> arrivals = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private volatile @Nullable Session current;
    private volatile Broker.Status status;
    private volatile boolean closing;
    private final Domains domains = new Domains();
    private List<String> discovered = List.of();
    private long numbers;

    Link(ConnectOptions options, List<String> servers, InstantSource clock) {
        this.options = options;
        this.configured = servers;
        this.clock = clock;
        this.status = new Broker.Status(false, clock.instant(), null, null, 0, "not connected yet");
        this.thread = Thread.ofVirtual().name(options.name() + "-link").unstarted(this::run);
    }

    /// Begins to connect.
    void start() {
        thread.start();
    }

    private void run() {
        int tries = 0;
        try {
            while (!closing) {
                Session session = connect();
                if (session != null) {
                    long since = System.nanoTime();
                    use(session);
                    if (System.nanoTime() - since > PAUSES.resetAfter().toNanos()) {
                        tries = 0;
                    }
                }
                if (!closing) {
                    tries++;
                    double random = ThreadLocalRandom.current().nextDouble();
                    TimeUnit.NANOSECONDS.sleep(PAUSES.pause(tries, random).toNanos());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() has ended it
        }
    }

    private @Nullable Session connect() throws InterruptedException {
        try {
            return new Session(++numbers, options, servers(), domains);
        } catch (IOException e) {
            String problem = e.getMessage() == null ? e.toString() : e.getMessage();
            if (!problem.equals(status.problem())) {
                LOG.warn("no connection to the broker: {}; trying on", problem);
            }
            Broker.Status before = status;
            status =
                    new Broker.Status(
                            false, before.since(), null, null, before.maxPayload(), problem);
        } catch (RuntimeException e) {
            LOG.error("no connection to the broker, for a reason that is not expected", e);
        }
        return null;
    }

    private List<String> servers() {
        Set<String> all = new LinkedHashSet<>(configured);
        all.addAll(discovered);
        return all.stream().limit(MAX_SERVERS).toList();
    }

    private void use(Session session) throws InterruptedException {
        try {
            Broker.Status now =
                    new Broker.Status(
                            true,
                            clock.instant(),
                            session.url(),
                            session.version(),
                            session.maxPayload(),
                            null);
            arrivals.forEach(each -> each.accept(session));
            become(session, now);
            session.awaitDrop();
        } finally {
            String why = session.reason();
            current = null;
            discovered = session.servers();
            boolean interrupted = Thread.interrupted();
            session.end(closing);
            Broker.Status now =
                    new Broker.Status(
                            false,
                            clock.instant(),
                            null,
                            null,
                            status.maxPayload(),
                            closing ? "closed" : why == null ? "the connection was closed" : why);
            become(null, now);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void become(@Nullable Session session, Broker.Status now) {
        lock.lock();
        try {
            current = session;
            status = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (now.connected()) {
            LOG.info("connected to {}, nats-server {}", now.url(), now.version());
        } else {
            LOG.info("disconnected: {}", now.problem());
        }
        for (Consumer<Broker.Status> listener : listeners) {
            try {
                listener.accept(now);
            } catch (RuntimeException e) {
                LOG.error("a listener of the connection's state has failed", e);
            }
        }
    }

    /// The session, if there is one now.
    @Nullable Session session() {
        Session session = current;
        return session != null && session.isOpen() ? session : null;
    }

    /// Waits for a session until `deadline` by `System.nanoTime()`; null if there was none, or the
    /// link is closed.
    @Nullable Session await(long deadline) throws InterruptedException {
        Session session = session();
        if (session != null) {
            return session;
        }
        lock.lockInterruptibly();
        try {
            while (!closing) {
                session = session();
                long left = deadline - System.nanoTime();
                if (session != null || left <= 0) {
                    return session;
                }
                changed.awaitNanos(left);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /// The session for a request.
    Session required() throws BrokerException {
        Session session = session();
        if (session == null) {
            throw new BrokerException(
                    BrokerException.Kind.UNREACHABLE, "not connected: " + problem());
        }
        return session;
    }

    String problem() {
        String problem = status.problem();
        return problem == null ? "the connection was lost" : problem;
    }

    boolean isClosing() {
        return closing;
    }

    Broker.Status status() {
        return status;
    }

    void onStatus(Consumer<Broker.Status> listener) {
        listeners.add(listener);
    }

    /// Called with each new session before anybody else gets it.
    void onSession(Consumer<Session> arrival) {
        arrivals.add(arrival);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
