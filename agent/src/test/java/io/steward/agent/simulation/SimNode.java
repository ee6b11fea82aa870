package io.steward.agent.simulation;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.Mailbox;
import io.steward.agent.identity.Signatures;
import io.steward.agent.inbox.MessageInbox;
import io.steward.agent.inbox.NoLeftovers;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.Backoff;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.method.Cancel;
import io.steward.agent.method.Method;
import io.steward.agent.method.Methods;
import io.steward.agent.outbox.LookAfter;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.OutboxLimits;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Policy;
import io.steward.agent.settings.Settings;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One agent: its journal and its mailbox stay, everything else of it is made anew with each life.
/// Used by the thread of the scenario.
final class SimNode {
    static final Duration METHOD_TIMEOUT = Duration.ofMinutes(10);

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Backoff QUICK =
            new Backoff(Duration.ofMillis(1), Duration.ofMillis(20), 2, 0.2, Duration.ofMinutes(1));

    private final Settings settings;
    private final SimClock clock;
    private final SystemTime time;
    private final Witness witness;
    private final FakeBroker brokers;
    private final MemoryJournal disk;
    private final List<Thread> undertakers = new ArrayList<>();
    private int number;
    private @Nullable Running running;

    /// What lives.
    private record Running(
            Life life,
            FakeBroker broker,
            ErrorKernel kernel,
            MessageOutbox outbox,
            MessageInbox inbox) {}

    SimNode(
            Settings settings,
            SimClock clock,
            SystemTime time,
            Witness witness,
            FakeBroker brokers) {
        this.settings = settings;
        this.clock = clock;
        this.time = time;
        this.witness = witness;
        this.brokers = brokers;
        this.disk = new MemoryJournal(clock);
    }

    NodeName name() {
        return settings.node();
    }

    /// How often it was begun.
    int lives() {
        return number;
    }

    Journal disk() {
        return disk;
    }

    /// Begins a life.
    ///
    /// @param last the step at which it ends by itself; 0 for never
    /// @param acksLost how many of 100 acknowledgements to the broker get lost
    void begin(int last, boolean lastIsDone, String bootId, int acksLost, long seed)
            throws Exception {
        number++;
        clock.pass(Duration.ofMillis(1)); // why: so that no id is made twice
        Life life = new Life(last, lastIsDone);
        disk.reopen();
        Journal journal = life.reach(Journal.class, disk);
        FakeBroker connection = brokers.another();
        Broker broker = life.reach(Broker.class, lossy(life, connection, acksLost, seed));
        ErrorKernel kernel = new ErrorKernel(time, many("root"), _ -> {}, _ -> {});
        AtomicReference<@Nullable MessageInbox> inboxes = new AtomicReference<>();
        List<Method> all = new ArrayList<>(SimMethod.all(witness, life, number));
        all.add(
                new Cancel((id, _) -> {
                    MessageInbox inbox = inboxes.get();
                    return inbox == null ? "too early" : inbox.cancel(id);
                }));
        Methods methods = new Methods(all);
        MessageOutbox outbox =
                new MessageOutbox(
                        settings.node(),
                        kernel.root().supervisor(many("outbox")),
                        journal,
                        broker,
                        clock,
                        settings.run().idle(),
                        new MessageIds(clock),
                        methods::defaultDomain,
                        OutboxLimits.NONE);
        MessageInbox inbox =
                new MessageInbox(
                        settings,
                        kernel.root().supervisor(many("inbox")),
                        journal,
                        broker,
                        outbox,
                        methods,
                        new NoLeftovers(),
                        clock,
                        () -> Duration.ZERO,
                        bootId,
                        Signatures.none(),
                        Admission.by(Policy.open()),
                        1L << 20);
        inboxes.set(inbox);
        kernel.root()
                .spawn(
                        ProcessSpec.permanent(
                                "look-after",
                                () ->
                                        new LookAfter(
                                                outbox, journal, broker, METHOD_TIMEOUT, TICK)));
        outbox.start();
        inbox.start();
        running = new Running(life, connection, kernel, outbox, inbox);
    }

    private static SupervisorSpec many(String name) {
        return new SupervisorSpec(
                name, SupervisorSpec.Strategy.ONE_FOR_ONE, 1_000_000, Duration.ofSeconds(1), QUICK);
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException(name() + " has not begun");
        }
        return running;
    }

    boolean isDead() {
        return running().life().isOver();
    }

    MessageOutbox outbox() {
        return running().outbox();
    }

    FakeBroker broker() {
        return running().broker();
    }

    /// As SIGKILL does: nothing is told, nothing is closed. Its threads are taken away later.
    void kill() {
        Running dead = running();
        dead.life().end();
        dead.broker().disconnect();
        undertakers.add(
                Thread.ofVirtual()
                        .start(() -> {
                            dead.kernel().close();
                            dead.inbox().close();
                            dead.broker().close();
                        }));
    }

    /// Restarts one of its processes as a person would.
    void restart(String path) {
        running().kernel().restart(path);
    }

    /// The processes of its subjects, and its receiver.
    List<String> processes() {
        return running().kernel().tree().stream()
                .map(process -> process.path())
                .filter(path -> path.startsWith("root/inbox/") && path.indexOf('#') < 0)
                .filter(path -> !path.endsWith("/progress"))
                .toList();
    }

    String tree() {
        return running().kernel().tree().toString();
    }

    /// Returns when all its threads have ended.
    void close() throws InterruptedException {
        kill();
        for (Thread undertaker : undertakers) {
            undertaker.join();
        }
    }

    /// The broker, with a mailbox whose acknowledgements are steps and get lost now and then.
    private static Broker lossy(Life life, Broker real, int acksLost, long seed) {
        Random random = new Random(seed);
        return (Broker)
                Proxy.newProxyInstance(
                        Broker.class.getClassLoader(),
                        new Class<?>[] {Broker.class},
                        (_, method, arguments) -> {
                            try {
                                Object result = method.invoke(real, arguments);
                                return result instanceof Mailbox mailbox
                                        ? mailbox(life, mailbox, acksLost, random)
                                        : result;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static Mailbox mailbox(Life life, Mailbox real, int acksLost, Random random) {
        return new Mailbox() {
            @Override
            public List<Delivery> fetch(int max, Duration wait)
                    throws BrokerException, InterruptedException {
                return real.fetch(max, wait).stream().map(this::onItsWay).toList();
            }

            @Override
            public Optional<Delivery> ahead(String filter, long from) throws BrokerException {
                return real.ahead(filter, from).map(this::onItsWay);
            }

            private Delivery onItsWay(Delivery delivery) {
                boolean lost;
                synchronized (random) {
                    lost = random.nextInt(100) < acksLost;
                }
                return lost
                        ? new DeafDelivery(delivery)
                        : life.reach(Mailbox.Delivery.class, delivery);
            }
        };
    }
}
