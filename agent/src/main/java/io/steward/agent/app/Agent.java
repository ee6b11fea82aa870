package io.steward.agent.app;

import io.steward.agent.adoption.Joining;
import io.steward.agent.adoption.Registrar;
import io.steward.agent.adoption.Rotation;
import io.steward.agent.adoption.Standing;
import io.steward.agent.audit.Asker;
import io.steward.agent.audit.AuditEntry;
import io.steward.agent.audit.AuditLog;
import io.steward.agent.audit.AuditedJournal;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.broker.LeasedBroker;
import io.steward.agent.broker.NodeRow;
import io.steward.agent.facts.FactSource;
import io.steward.agent.files.Ownership;
import io.steward.agent.fleet.Broadcasts;
import io.steward.agent.fleet.FactsKeeper;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.RollCall;
import io.steward.agent.fleet.Roster;
import io.steward.agent.fleet.RunBook;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.http.AgentInfo;
import io.steward.agent.http.AgentRegistry;
import io.steward.agent.http.HttpApi;
import io.steward.agent.identity.Identity;
import io.steward.agent.identity.Members;
import io.steward.agent.identity.Signatures;
import io.steward.agent.identity.Signing;
import io.steward.agent.inbox.MessageInbox;
import io.steward.agent.intake.FolderChanged;
import io.steward.agent.intake.InboxWatcher;
import io.steward.agent.intake.InmsgWatcher;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.ProcessedLog;
import io.steward.agent.journal.SqliteJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.method.Method;
import io.steward.agent.method.Methods;
import io.steward.agent.method.NodeTags;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.method.exec.Spool;
import io.steward.agent.outbox.LookAfter;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.OutboxLimits;
import io.steward.agent.policy.Policy;
import io.steward.agent.policy.PolicyFile;
import io.steward.agent.policy.Sender;
import io.steward.agent.schedule.ScheduleClock;
import io.steward.agent.settings.MemoryShares;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.target.Candidate;
import io.steward.messages.MessageIds;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One agent: everything it is made of, built from its settings, started and stopped in order.
/// Thread-safe.
public final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final Duration POLL = Duration.ofMillis(20);

    /// Of supervisors whose many processes are each for itself: the restarts of one say nothing of
    /// the others.
    private static final int MANY_RESTARTS = 1_000;

    private final Settings settings;
    private final Surroundings surroundings;
    private final Closer closer = new Closer();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile @Nullable String failure;
    private volatile boolean isToStartAgain;
    private @Nullable ErrorKernel kernel;
    private @Nullable Methods methods;
    private @Nullable MessageInbox inbox;
    private @Nullable HttpApi http;
    private boolean closed;

    private Agent(Settings settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /// What an agent stands on, for those who want something in between: a test that has it die at
    /// a certain step.
    ///
    /// @param methods besides those that every node has
    /// @param time closed by whoever gave it; null for one of the agent's own
    record Surroundings(
            UnaryOperator<Journal> journal,
            UnaryOperator<Broker> broker,
            List<Method> methods,
            @Nullable SystemTime time) {
        Surroundings(UnaryOperator<Journal> journal, UnaryOperator<Broker> broker) {
            this(journal, broker, List.of(), null);
        }

        static Surroundings plain() {
            return new Surroundings(UnaryOperator.identity(), UnaryOperator.identity());
        }
    }

    /// Starts an agent; returns when it takes messages. A broker that is away is no obstacle: it is
    /// connected to when it is there.
    ///
    /// @throws IOException if it cannot start: the data folder, the journal, the address or the
    ///   embedded nats-server cannot be used; the message says which and what to do
    public static Agent start(Settings settings) throws IOException, InterruptedException {
        return start(settings, Surroundings.plain());
    }

    /// As [#start(Settings)], with methods besides those that every node has.
    static Agent start(Settings settings, List<Method> more)
            throws IOException, InterruptedException {
        UnaryOperator<Journal> journal = UnaryOperator.identity();
        return start(settings, new Surroundings(journal, UnaryOperator.identity(), more, null));
    }

    /// As [#start(Settings)], for a program that has many agents.
    ///
    /// @param time shared by them, so that not each has a thread that waits; to be closed after the
    ///   last of them
    public static Agent start(Settings settings, SystemTime time)
            throws IOException, InterruptedException {
        UnaryOperator<Journal> journal = UnaryOperator.identity();
        return start(
                settings, new Surroundings(journal, UnaryOperator.identity(), List.of(), time));
    }

    /// As [#start(Settings)], with something in between.
    static Agent start(Settings settings, Surroundings surroundings)
            throws IOException, InterruptedException {
        DataFolder folder = DataFolder.take(settings.data());
        Settings joined;
        try {
            requireOurs(settings);
            joined = Joining.join(settings, Instance.facts(AgentInfo.now()));
        } catch (Throwable e) {
            folder.close();
            throw e;
        }
        Agent agent = new Agent(joined, surroundings);
        agent.closer.add(folder);
        try {
            agent.open();
            return agent;
        } catch (Throwable e) {
            agent.close();
            throw e;
        }
    }

    /// Who can write there can have anything done.
    private static void requireOurs(Settings settings) throws IOException {
        for (Path folder : List.of(settings.data(), settings.inbox())) {
            Optional<String> problem = Ownership.problem(folder);
            if (problem.isPresent()) {
                throw new IOException(problem.get());
            }
        }
    }

    private synchronized void open() throws IOException, InterruptedException {
        InstantSource clock = InstantSource.system();
        AgentInfo info = AgentInfo.now();
        MemoryShares memory = MemoryShares.ofThisProcess();
        DriverFolder driver = DriverFolder.prepare(settings.data());
        Journal store =
                surroundings
                        .journal()
                        .apply(
                                closer.add(
                                        SqliteJournal.open(
                                                settings.data().resolve("journal.db"), clock)));
        AuditLog audit =
                closer.add(
                        AuditLog.open(
                                settings.data(),
                                settings.node(),
                                store,
                                settings.audit().maxBytes(),
                                settings.audit().keep(),
                                clock));
        AuditedJournal journal = new AuditedJournal(store, audit);
        driver.clear();
        EmbeddedBroker embedded =
                settings.broker().embedded()
                        ? closer.add(EmbeddedBroker.start(settings, witness(audit)))
                        : null;
        FleetOffice office =
                embedded == null ? FleetOffice.find(settings, witness(audit)) : embedded.office();
        @Nullable Identity identity =
                office == null ? Joining.identity(settings) : office.identity();
        NodeRow.Agent self = Instance.of(settings.data(), info);
        LeasedBroker broker =
                closer.add(
                        new LeasedBroker(
                                surroundings
                                        .broker()
                                        .apply(
                                                JetStreamBroker.connect(
                                                        login(embedded, office),
                                                        settings.mailbox(),
                                                        settings.node(),
                                                        identity == null
                                                                ? null
                                                                : new Signing(identity.key()))),
                                settings.node(),
                                self,
                                settings.fleet().heartbeat()));
        if (office != null) {
            closer.add(office.admit(broker));
        }
        @Nullable Members members = identity == null ? null : members(identity, broker, clock);
        Signatures signatures = members == null ? Signatures.none() : Signatures.of(members);
        PolicyFile policy = policy(settings, identity, members);
        ProcessRunner runner = closer.add(ProcessRunner.forThisSystem());

        ErrorsToCentral errors = new ErrorsToCentral(settings.node(), settings.central());
        SystemTime given = surroundings.time();
        SystemTime time = given == null ? closer.add(new SystemTime()) : given;
        kernel = new ErrorKernel(time, SupervisorSpec.of("root"), errors, this::giveUp);
        Supervisor root = kernel.root();

        Supervisor publishers = many(root, "outbox");
        MessageOutbox outbox =
                new MessageOutbox(
                        settings.node(),
                        publishers,
                        journal,
                        broker,
                        clock,
                        settings.run().idle(),
                        new MessageIds(clock),
                        (type, method) -> open(methods).defaultDomain(type, method),
                        new OutboxLimits(settings.journal().maxQueued(), memory.outbox()));
        NodeTags tags =
                new NodeTags(
                        journal,
                        settings.fleet().cloud(),
                        settings.fleet().tags(),
                        now -> broker.describe(Presence.about(now, settings)));
        methods =
                NodeMethods.of(
                        settings,
                        closer,
                        runner,
                        journal,
                        kernel,
                        outbox,
                        () -> open(inbox),
                        info.version(),
                        info.startedAt(),
                        tags,
                        surroundings.methods());
        inbox =
                closer.add(
                        new MessageInbox(
                                settings,
                                many(root, "inbox"),
                                journal,
                                broker,
                                outbox,
                                methods,
                                new ExecLeftovers(
                                        runner,
                                        new Spool(settings.data()),
                                        settings.run().killGrace(),
                                        settings.run().outputCap()),
                                clock,
                                broker::clockAhead,
                                BootId.read(),
                                signatures,
                                policy,
                                memory.inbox()));
        closer.add(kernel);

        if (embedded != null) {
            root.supervisor(SupervisorSpec.of("broker"))
                    .spawn(ProcessSpec.permanent("nats-server", embedded::watch));
        }
        if (office != null) {
            root.supervisor(SupervisorSpec.of("members"))
                    .spawn(ProcessSpec.permanent("members", office::tellOfMembers));
        }
        Rotation rotation =
                identity == null
                        ? null
                        : new Rotation(
                                settings.data(),
                                identity,
                                broker,
                                Instance.facts(info),
                                this::startAgain);
        if (rotation != null) {
            root.supervisor(SupervisorSpec.of("identity"))
                    .spawn(ProcessSpec.permanent("key", rotation::goOn));
        }
        Supervisor books = root.supervisor(SupervisorSpec.of("journal"));
        keepBooks(books, journal, clock);
        ProcessRef<EndsAudit.Ended> ends =
                books.spawn(
                        ProcessSpec.<EndsAudit.Ended>permanent(
                                        "audit", () -> new EndsAudit(journal, audit))
                                .withMailbox(1));
        journal.onProcessed(() -> ends.offer(new EndsAudit.Ended()));
        root.supervisor(SupervisorSpec.of("policy"))
                .spawn(ProcessSpec.permanent("file", () -> new PolicyWatch(policy)));
        errors.through(outbox);
        publishers.spawn(
                ProcessSpec.permanent(
                        "look-after",
                        () ->
                                new LookAfter(
                                        outbox,
                                        journal,
                                        broker,
                                        settings.run().methodTimeout(),
                                        LookAfter.TICK)));
        keepName(root.supervisor(SupervisorSpec.of("name")), self, broker, open(inbox));
        outbox.start();
        inbox.start();
        Supervisor presence = root.supervisor(SupervisorSpec.of("presence"));
        greet(presence, info, journal, broker, outbox);
        FactSource source = new FactSource(Path.of("/"), settings.data(), info.version());
        tellFacts(presence, source, broker, clock);
        Supervisor intake = root.supervisor(SupervisorSpec.of("intake"));
        intake.spawn(
                ProcessSpec.<FolderChanged>permanent(
                                "inmsg", () -> new InmsgWatcher(settings.inmsg(), outbox, clock))
                        .withMailbox(1));
        intake.spawn(
                ProcessSpec.<FolderChanged>permanent(
                                "inbox", () -> new InboxWatcher(settings.inbox(), outbox, clock))
                        .withMailbox(1));
        RollCall rollCall = new RollCall(broker, settings.node());
        Roster roster = new Roster(broker, rollCall);
        Targeting targeting = new Targeting(broker, roster, settings.node());
        Broadcasts broadcasts =
                closer.add(
                        new Broadcasts(
                                root.supervisor(SupervisorSpec.of("bus")),
                                journal,
                                broker,
                                signatures,
                                targeting,
                                settings.node(),
                                () -> candidate(tags, source),
                                clock));
        broadcasts.start();
        RunBook runs =
                new RunBook(many(root, "runs"), journal, outbox, outbox, broker, rollCall, clock);
        runs.start();
        fireSchedules(root.supervisor(SupervisorSpec.of("schedules")), journal, outbox, clock);
        if (settings.http().enabled()) {
            http =
                    closer.add(
                            new HttpApi(
                                    settings,
                                    info,
                                    AgentRegistry.ofUser(System.getenv()),
                                    outbox,
                                    journal,
                                    kernel,
                                    broker,
                                    new Fleet(roster, rollCall, targeting, runs, broadcasts),
                                    new Standing(
                                            office == null ? null : office.registrar(), rotation),
                                    policy,
                                    entry -> audit.record(List.of(entry))));
            http.start();
        }
    }

    /// The rows of the members, at the broker.
    private static Registrar.Witness witness(AuditLog audit) {
        return (what, about) ->
                audit.record(List.of(AuditEntry.member(what, about, Asker.current())));
    }

    private BrokerSettings login(@Nullable EmbeddedBroker embedded, @Nullable FleetOffice office) {
        if (embedded != null) {
            return embedded.settings();
        }
        return office == null
                ? settings.broker()
                : settings.broker().as(office.identity().credentials());
    }

    private static PolicyFile policy(
            Settings settings, @Nullable Identity identity, @Nullable Members members) {
        Path file = settings.policy().file();
        Path last = settings.data().resolve("policy.last.yaml");
        return identity == null || members == null
                ? new PolicyFile(file, last, Policy.open(), Sender::unknown)
                : new PolicyFile(
                        file,
                        last,
                        Policy.member(settings.node(), identity.membership().central()),
                        new MembersAsSenders(members));
    }

    private static Members members(Identity identity, Broker broker, InstantSource clock) {
        return new Members(
                identity.membership(),
                key -> {
                    try {
                        return broker.bucket(Bucket.Kind.MEMBERS)
                                .find(key)
                                .map(row -> new String(row.value(), StandardCharsets.UTF_8))
                                .orElse(null);
                    } catch (BrokerException e) {
                        throw new IOException(e.getMessage(), e);
                    }
                },
                clock);
    }

    private static Supervisor many(Supervisor parent, String name) {
        SupervisorSpec usual = SupervisorSpec.of(name);
        return parent.supervisor(
                new SupervisorSpec(
                        name, usual.strategy(), MANY_RESTARTS, usual.within(), usual.backoff()));
    }

    private void keepBooks(Supervisor supervisor, Journal journal, InstantSource clock) {
        // Something has ended.
        record Ended() {}
        ProcessRef<Ended> writer =
                supervisor.spawn(
                        ProcessSpec.<Ended>permanent(
                                        "processed-log",
                                        () ->
                                                context -> {
                                                    try (ProcessedLog processed =
                                                            ProcessedLog.open(
                                                                    settings.data()
                                                                            .resolve(
                                                                                    "processed.jsonl"),
                                                                    journal,
                                                                    settings.node(),
                                                                    settings.processedLog()
                                                                            .maxBytes(),
                                                                    settings.processedLog().keep(),
                                                                    clock)) {
                                                        do {
                                                            processed.writeNew();
                                                        } while (!(context.receive()
                                                                instanceof Received.Stop));
                                                        processed.writeNew();
                                                    }
                                                })
                                .withMailbox(1));
        journal.onProcessed(() -> writer.offer(new Ended()));
        supervisor.spawn(
                ProcessSpec.permanent(
                        "upkeep",
                        () -> new Upkeep(journal, settings.journal().retention(), clock)));
    }

    private void fireSchedules(
            Supervisor supervisor, Journal journal, MessageOutbox outbox, InstantSource clock) {
        ProcessRef<ScheduleClock.Look> process =
                supervisor.spawn(
                        ProcessSpec.<ScheduleClock.Look>permanent(
                                        "clock",
                                        () ->
                                                new ScheduleClock(
                                                        settings.node(),
                                                        journal.schedules(),
                                                        outbox,
                                                        clock))
                                .withMailbox(1));
        journal.schedules().onChange(() -> process.offer(new ScheduleClock.Look()));
    }

    private void keepName(
            Supervisor supervisor, NodeRow.Agent self, LeasedBroker broker, MessageInbox of) {
        ProcessRef<LeaseKeeper.Look> keeper =
                supervisor.spawn(
                        ProcessSpec.<LeaseKeeper.Look>permanent(
                                        "lease",
                                        () -> new LeaseKeeper(settings.node(), self, broker, of))
                                .withMailbox(4));
        broker.onNudge(() -> keeper.offer(new LeaseKeeper.Look()));
    }

    private void greet(
            Supervisor supervisor,
            AgentInfo info,
            Journal journal,
            Broker broker,
            MessageOutbox outbox) {
        ProcessRef<Presence.Changed> greeter =
                supervisor.spawn(
                        ProcessSpec.<Presence.Changed>permanent(
                                        "hello",
                                        () ->
                                                new Presence(
                                                        settings,
                                                        info.version(),
                                                        broker,
                                                        outbox,
                                                        info.startedAt()))
                                .withMailbox(4));
        broker.onStatus(_ -> greeter.offer(new Presence.Changed()));
        supervisor.spawn(
                ProcessSpec.permanent(
                        "awaited", () -> new Awaited(journal, broker, outbox, settings.node())));
        closer.add(Presence.answerPings(broker, settings.node(), info));
    }

    private void tellFacts(
            Supervisor supervisor, FactSource source, Broker broker, InstantSource clock) {
        ProcessRef<FactsKeeper.Changed> keeper =
                supervisor.spawn(
                        ProcessSpec.<FactsKeeper.Changed>permanent(
                                        "facts",
                                        () ->
                                                new FactsKeeper(
                                                        settings.node(),
                                                        broker,
                                                        source::gather,
                                                        clock))
                                .withMailbox(1));
        broker.onStatus(_ -> keeper.offer(new FactsKeeper.Changed()));
    }

    /// This node as targets see it.
    private Candidate candidate(NodeTags tags, FactSource source) {
        NodeTags.Tags now = tags.now();
        return new Candidate(
                settings.node(), "up", now.cloud(), now.tags(), source.gather().values());
    }

    private static <T> T open(@Nullable T part) {
        return Objects.requireNonNull(part, "the agent is not open yet");
    }

    /// The root of the kernel has given up: nothing runs any more, so the program ends, and whoever
    /// started it decides.
    private void giveUp(ErrorReport report) {
        failure = "%s: %s".formatted(report.doing(), report.cause());
        log.error("the agent gives up: {}", failure);
        stop.countDown();
    }

    /// Whoever has started this agent closes it, and starts another.
    private void startAgain() {
        isToStartAgain = true;
        stop.countDown();
    }

    /// Whether, after [#awaitStop], another agent is to be started with the same settings as this
    /// one was.
    public boolean isToStartAgain() {
        return isToStartAgain;
    }

    public Settings settings() {
        return settings;
    }

    /// Where its HTTP API listens.
    ///
    /// @throws IllegalStateException if it has none
    public synchronized URI apiUrl() {
        if (http == null) {
            throw new IllegalStateException("this agent has no HTTP API: http.enabled is false");
        }
        return http.url();
    }

    /// Waits until the agent is closed or has given up.
    ///
    /// @return why it gave up; null if it was closed
    public @Nullable String awaitStop() throws InterruptedException {
        stop.await();
        return failure;
    }

    /// Stops in order: nothing new is taken in; what runs may end in `run.shutdownGrace`, then its
    /// processes are ended; what is in the journal stays for the next start. Returns when every
    /// thread has ended.
    @Override
    public void close() {
        stop.countDown();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            try {
                drain();
                closer.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                log.error("while stopping", e);
            }
        }
    }

    private void drain() throws InterruptedException {
        if (inbox == null || kernel == null) {
            return;
        }
        kernel.stop("root/intake");
        kernel.stop("root/inbox/receiver");
        inbox.startNothing();
        long end = System.nanoTime() + settings.run().shutdownGrace().toNanos();
        while (!inbox.isQuiet() && System.nanoTime() - end < 0) {
            Thread.sleep(POLL);
        }
        inbox.shutDown();
    }
}
