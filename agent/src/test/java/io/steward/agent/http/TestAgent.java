package io.steward.agent.http;

import io.steward.agent.adoption.Standing;
import io.steward.agent.audit.AuditEntry;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.fleet.Broadcasts;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.RollCall;
import io.steward.agent.fleet.Roster;
import io.steward.agent.fleet.RunBook;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.policy.Policy;
import io.steward.agent.policy.PolicyFile;
import io.steward.agent.policy.Sender;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.Settings.AuditSettings;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.settings.Settings.FleetSettings;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.agent.settings.Settings.JournalSettings;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.agent.settings.Settings.ProcessedLogSettings;
import io.steward.agent.settings.Settings.RunSettings;
import io.steward.agent.settings.Settings.SyslogSettings;
import io.steward.agent.target.Candidate;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The real API over fakes: an agent for those who test what talks to it. Close it.
public final class TestAgent implements AutoCloseable {
    public static final int BODY_LIMIT = 100_000;

    private final Settings settings;
    private final MemoryJournal journal = new MemoryJournal(InstantSource.system());
    private final FakeBroker broker = new FakeBroker(InstantSource.system());
    private final FakeOutbox outbox;
    private final FakeKernel kernel = new FakeKernel();
    private final SystemTime time = new SystemTime();
    private final ErrorKernel supervision =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
    private final Queue<AuditEntry> audited = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> Instant.now().plus(ahead.get());
    private final HttpApi api;

    public TestAgent(String node, Path data, Path registry) throws IOException {
        this(settings(node, data, new HttpSettings(true, "127.0.0.1", 0, false)), registry);
    }

    TestAgent(Settings settings, Path registry) throws IOException {
        this(settings, registry, new FailedAttempts.Bounds(10_000, 10_000, 1_000, 1));
    }

    TestAgent(Settings settings, Path registry, FailedAttempts.Bounds bounds) throws IOException {
        this.settings = settings;
        this.outbox = new FakeOutbox(settings.node(), journal);
        this.api =
                new HttpApi(
                        settings,
                        new AgentInfo("1.2.3", Instant.now()),
                        new AgentRegistry(registry),
                        outbox,
                        journal,
                        kernel,
                        broker,
                        fleet(),
                        Standing.NONE,
                        new PolicyFile(
                                settings.policy().file(),
                                settings.data().resolve("policy.last.yaml"),
                                Policy.open(),
                                Sender::unknown),
                        audited::add,
                        BODY_LIMIT,
                        clock,
                        new FailedAttempts(bounds, clock, pauses::add));
        api.start();
    }

    private Fleet fleet() {
        RollCall rollCall = new RollCall(broker, settings.node());
        Roster roster = new Roster(broker, rollCall);
        RunBook runs =
                new RunBook(
                        supervision.root(),
                        journal,
                        outbox,
                        outbox,
                        broker,
                        rollCall,
                        InstantSource.system());
        runs.start();
        Targeting targeting = new Targeting(broker, roster, settings.node());
        Broadcasts broadcasts =
                new Broadcasts(
                        supervision.root(),
                        journal,
                        broker,
                        Signatures.none(),
                        targeting,
                        settings.node(),
                        () -> new Candidate(settings.node(), "up", "eu", Set.of("db"), Map.of()),
                        InstantSource.system());
        broadcasts.start();
        return new Fleet(roster, rollCall, targeting, runs, broadcasts);
    }

    static Settings settings(String node, Path data, HttpSettings http) {
        return new Settings(
                new NodeName(node),
                new NodeName("central"),
                data,
                data.resolve("inmsg.txt"),
                data.resolve("inbox"),
                new BrokerSettings(
                        List.of(), null, null, false, 0, true, null, "always", null, null),
                new MailboxSettings(1, 1, Duration.ofDays(1), Duration.ofSeconds(1), 1),
                http,
                new JournalSettings(Duration.ofDays(7), 10_000, 1_000_000),
                new ProcessedLogSettings(1, 1),
                new AuditSettings(1, 1),
                new RunSettings(
                        Duration.ofSeconds(1),
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        null,
                        List.of()),
                new SyslogSettings(null),
                new FleetSettings(null, List.of(), Duration.ofMinutes(1)),
                new Settings.PolicySettings(data.resolve("policy.yaml")));
    }

    /// What the API has written down, in its order.
    List<String> audited() {
        return audited.stream().map(entry -> entry.kind() + " " + entry.fields()).toList();
    }

    /// Every message is answered at once as if its node had run it.
    public void answerWith(State state, @Nullable Integer exitCode, String stdout, String stderr) {
        outbox.onMessage(message -> answer(message, state, exitCode, stdout, stderr));
    }

    /// Answers one message.
    public void answer(
            Message message,
            State state,
            @Nullable Integer exitCode,
            String stdout,
            String stderr) {
        Instant now = Instant.now();
        Ack ack =
                new Ack(
                        message.id(),
                        message.subject().node(),
                        state,
                        state == State.SUCCEEDED || exitCode != null ? null : "because",
                        exitCode,
                        null,
                        Output.of(stdout),
                        Output.of(stderr),
                        0,
                        0,
                        false,
                        now,
                        Duration.ofMillis(3),
                        1,
                        null);
        journal.acknowledged(List.of(ack), now).join();
    }

    /// A node tells what a message prints while it runs.
    public void print(Message message, String stdout, int at) {
        Ack started =
                new Ack(
                        message.id(),
                        message.subject().node(),
                        State.STARTED,
                        null,
                        null,
                        null,
                        Output.of(stdout),
                        Output.EMPTY,
                        at,
                        0,
                        false,
                        Instant.now(),
                        null,
                        1,
                        null);
        journal.acknowledged(List.of(started), Instant.now()).join();
    }

    public Settings settings() {
        return settings;
    }

    public URI url() {
        return api.url();
    }

    public String token() throws IOException {
        return ApiToken.read(settings.data());
    }

    public MemoryJournal journal() {
        return journal;
    }

    public FakeBroker broker() {
        return broker;
    }

    public FakeOutbox outbox() {
        return outbox;
    }

    /// Its clock goes forward.
    void advance(Duration length) {
        ahead.updateAndGet(length::plus);
    }

    /// Makes a token, and returns its text.
    String issue(String name, Role role) throws IOException {
        return api.tokens().make(name, role, null, "test").text();
    }

    /// For how long it held answers back.
    List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    HttpApi api() {
        return api;
    }

    @Override
    public void close() {
        api.close();
        supervision.close();
        time.close();
        journal.close();
        broker.close();
    }
}
