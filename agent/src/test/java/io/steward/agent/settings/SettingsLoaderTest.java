package io.steward.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.NodeName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsLoaderTest {
    @TempDir private Path folder;
    private Path home;
    private final SettingsLoader loader = new SettingsLoader(() -> "My.Host.example");
    private final Map<String, String> flags = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private Mode mode = Mode.UP;

    @BeforeEach
    void start() {
        home = folder.resolve("home");
        environment.put("HOME", home.toString());
    }

    private Settings load() throws SettingsException {
        return loader.load(flags, environment, folder, mode);
    }

    @Test
    void theDefaultsOfUp() throws Exception {
        Settings is = load();
        NodeName node = new NodeName("my-host-example");
        Path data = home.resolve(".steward/my-host-example");
        assertThat(is)
                .isEqualTo(
                        new Settings(
                                node,
                                node,
                                data,
                                folder.resolve("inmsg.txt"),
                                folder.resolve("inbox"),
                                new Settings.BrokerSettings(
                                        List.of(), null, null, true, 4222, false, null, "always",
                                        null, null),
                                new Settings.MailboxSettings(
                                        100_000,
                                        1L << 30,
                                        Duration.ofDays(8),
                                        Duration.ofMinutes(2),
                                        1),
                                new Settings.HttpSettings(true, "127.0.0.1", 8787, false),
                                new Settings.JournalSettings(Duration.ofDays(7), 10_000, 1_000_000),
                                new Settings.ProcessedLogSettings(64 << 20, 10),
                                new Settings.AuditSettings(64 << 20, 30),
                                new Settings.RunSettings(
                                        Duration.ofHours(1),
                                        1 << 20,
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(30),
                                        Duration.ofMinutes(5),
                                        null,
                                        List.of()),
                                new Settings.SyslogSettings(null),
                                new Settings.FleetSettings(null, List.of(), Duration.ofMinutes(1)),
                                new Settings.PolicySettings(data.resolve("policy.yaml"))));
    }

    @Test
    void theDefaultsOfAgentThatDiffer() throws Exception {
        mode = Mode.AGENT;
        Settings is = load();
        Path data = home.resolve(".steward/my-host-example");
        assertThat(is.central()).isEqualTo(new NodeName("central"));
        assertThat(is.inmsg()).isEqualTo(data.resolve("inmsg.txt"));
        assertThat(is.inbox()).isEqualTo(data.resolve("inbox"));
        assertThat(is.broker().embedded()).isFalse();
        assertThat(is.broker().urls()).containsExactly(URI.create("nats://127.0.0.1:4222"));
    }

    @Test
    void upWithABrokerToConnectToStartsNone() throws Exception {
        flags.put("broker.url", "nats://a:4222,tls://b");
        assertThat(load().broker().embedded()).isFalse();
        assertThat(load().broker().urls())
                .containsExactly(URI.create("nats://a:4222"), URI.create("tls://b"));
    }

    record Case(SettingKey<?> key, List<String> texts, Function<Settings, Object> get) {
        @Override
        public String toString() {
            return key.key();
        }
    }

    private static Case of(
            SettingKey<?> key,
            String one,
            String two,
            String three,
            Function<Settings, Object> get) {
        return new Case(key, List.of(one, two, three), get);
    }

    static Stream<Case> cases() {
        return Stream.of(
                of(SettingKeys.NODE, "n1", "n2", "n3", Settings::node),
                of(SettingKeys.CENTRAL, "n1", "n2", "n3", Settings::central),
                of(SettingKeys.DATA, "/d1", "/d2", "/d3", Settings::data),
                of(SettingKeys.INMSG, "/d1", "/d2", "/d3", Settings::inmsg),
                of(SettingKeys.INBOX, "/d1", "/d2", "/d3", Settings::inbox),
                of(
                        SettingKeys.CLOUD,
                        "eu",
                        "us",
                        "asia",
                        s -> Objects.requireNonNullElse(s.fleet().cloud(), "none")),
                of(SettingKeys.TAGS, "a", "b", "c", s -> s.fleet().tags()),
                of(SettingKeys.HEARTBEAT, "10s", "20s", "30s", s -> s.fleet().heartbeat()),
                of(SettingKeys.BROKER_URL, "nats://a", "ws://b", "tls://c", s -> s.broker().urls()),
                of(SettingKeys.BROKER_CREDS, "/d1", "/d2", "/d3", s -> creds(s)),
                of(SettingKeys.BROKER_CA, "/c1.pem", "/c2.pem", "/c3.pem", s -> ca(s)),
                of(SettingKeys.BROKER_JOIN, "t1", "t2", "t3", s -> join(s)),
                of(SettingKeys.BROKER_EMBEDDED, "true", "false", "true", s -> embedded(s)),
                of(SettingKeys.BROKER_PORT, "1", "2", "0", s -> s.broker().embeddedPort()),
                of(SettingKeys.BROKER_PROGRAM, "/d1", "/d2", "/d3", s -> program(s)),
                of(SettingKeys.BROKER_SYNC, "1s", "2m", "always", s -> s.broker().embeddedSync()),
                of(SettingKeys.BROKER_DOMAIN, "a", "b", "c", s -> domain(s)),
                of(SettingKeys.MAILBOX_MESSAGES, "1", "2", "3", s -> s.mailbox().maxMessages()),
                of(SettingKeys.MAILBOX_BYTES, "1MiB", "2GB", "3TiB", s -> s.mailbox().maxBytes()),
                of(SettingKeys.MAILBOX_AGE, "1d", "2d", "3600", s -> s.mailbox().maxAge()),
                of(
                        SettingKeys.MAILBOX_DUPLICATES,
                        "1m",
                        "2s",
                        "3s",
                        s -> s.mailbox().duplicateWindow()),
                of(SettingKeys.MAILBOX_REPLICAS, "3", "5", "1", s -> s.mailbox().replicas()),
                of(SettingKeys.HTTP_ENABLED, "false", "true", "false", s -> s.http().enabled()),
                of(SettingKeys.HTTP_ADDRESS, "a:1", "[::1]:2", "0.0.0.0:0", Settings::http),
                of(SettingKeys.HTTP_REMOTE, "a:1", "[::1]:2", "0.0.0.0:0", s -> remote(s)),
                of(SettingKeys.HTTP_CERTIFICATE, "/d1", "/d2", "/d3", s -> remote(s)),
                of(SettingKeys.HTTP_KEY, "/d1", "/d2", "/d3", s -> remote(s)),
                of(SettingKeys.HTTP_NAMES, "a.example", "b", "c-d", s -> remote(s)),
                of(SettingKeys.HTTP_INSECURE, "true", "false", "true", s -> remote(s)),
                of(SettingKeys.JOURNAL_RETENTION, "1d", "2d", "3d", s -> s.journal().retention()),
                of(SettingKeys.JOURNAL_UNFINISHED, "1", "2", "3", s -> s.journal().maxUnfinished()),
                of(SettingKeys.JOURNAL_QUEUED, "1", "2", "3", s -> s.journal().maxQueued()),
                of(
                        SettingKeys.LOG_BYTES,
                        "1MB",
                        "65536",
                        "3 GiB",
                        s -> s.processedLog().maxBytes()),
                of(SettingKeys.LOG_KEEP, "1", "2", "3", s -> s.processedLog().keep()),
                of(SettingKeys.AUDIT_BYTES, "1MB", "65536", "3GiB", s -> s.audit().maxBytes()),
                of(SettingKeys.AUDIT_KEEP, "1", "2", "3", s -> s.audit().keep()),
                of(SettingKeys.RUN_TIMEOUT, "1s", "2s", "3s", s -> s.run().methodTimeout()),
                of(SettingKeys.RUN_OUTPUT, "1", "2KiB", "3kB", s -> s.run().outputCap()),
                of(SettingKeys.RUN_KILL_GRACE, "1s", "2s", "0s", s -> s.run().killGrace()),
                of(SettingKeys.RUN_SHUTDOWN, "1s", "2s", "3s", s -> s.run().shutdownGrace()),
                of(SettingKeys.RUN_IDLE, "1s", "2s", "3s", s -> s.run().idle()),
                of(SettingKeys.RUN_FOLDER, "/d1", "/d2", "/d3", s -> workingFolder(s)),
                of(SettingKeys.RUN_ENVIRONMENT, "A", "B", "C", s -> s.run().environment()),
                of(
                        SettingKeys.SYSLOG_FORWARD,
                        "udp://h:514",
                        "tcp://h:601",
                        "tls://h:6514",
                        s -> Objects.requireNonNull(s.syslog().forwardTo())),
                of(SettingKeys.POLICY_FILE, "/p1", "/p2", "/p3", s -> s.policy().file()));
    }

    private static Object creds(Settings s) {
        return Objects.requireNonNullElse(s.broker().creds(), "none");
    }

    private static Object ca(Settings s) {
        return Objects.requireNonNullElse(s.broker().ca(), "none");
    }

    private static Object join(Settings s) {
        return Objects.requireNonNullElse(s.broker().join(), "none");
    }

    private static Object embedded(Settings s) {
        return s.broker().embedded();
    }

    private static Object program(Settings s) {
        return Objects.requireNonNullElse(s.broker().embeddedProgram(), "none");
    }

    private static Object domain(Settings s) {
        return Objects.requireNonNullElse(s.broker().domain(), "none");
    }

    private static Object remote(Settings s) {
        return s.http().remote();
    }

    private static Object workingFolder(Settings s) {
        return Objects.requireNonNullElse(s.run().workingFolder(), "none");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachKeyFromEachSourceAndTheStrongerOneWins(Case one) throws Exception {
        flags.put("config", file(yaml(one.key().key(), one.texts().get(0))));
        Object fromFile = one.get().apply(load());
        environment.put(one.key().variable(), one.texts().get(1));
        Object fromVariable = one.get().apply(load());
        flags.put(one.key().key(), one.texts().get(2));
        Object fromFlag = one.get().apply(load());

        flags.remove("config");
        assertThat(one.get().apply(load())).isEqualTo(fromFlag);
        flags.remove(one.key().key());
        assertThat(one.get().apply(load())).isEqualTo(fromVariable);
        assertThat(fromFile).isNotEqualTo(fromVariable);
        assertThat(fromVariable).isNotEqualTo(fromFlag);
    }

    @Test
    void everyKeyIsInTheTestAbove() {
        assertThat(cases().map(c -> c.key().key()))
                .containsExactlyElementsOf(
                        SettingKeys.all().stream()
                                .map(SettingKey::key)
                                .filter(k -> !k.equals("config"))
                                .toList());
    }

    @Test
    void keysAndVariablesAreUnique() {
        assertThat(SettingKeys.all().stream().map(SettingKey::key)).doesNotHaveDuplicates();
        assertThat(SettingKeys.all().stream().map(SettingKey::variable)).doesNotHaveDuplicates();
    }

    @Test
    void relativePathsAreRelativeToWhereTheyAreWritten() throws Exception {
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Files.writeString(etc.resolve("s.yaml"), "data: d\ninbox: ~/in\nbroker:\n  creds: ../c\n");
        environment.put("STEWARD_CONFIG", "etc/s.yaml");
        flags.put("inmsg", "m/in.txt");
        Settings is = load();
        assertThat(is.data()).isEqualTo(etc.resolve("d"));
        assertThat(is.inbox()).isEqualTo(home.resolve("in"));
        assertThat(is.inmsg()).isEqualTo(folder.resolve("m/in.txt"));
        assertThat(is.broker().creds()).isEqualTo(folder.resolve("c"));
    }

    @Test
    void theFileInTheDataFolderIsReadAndTheDataFolderStays() throws Exception {
        Path data = Files.createDirectories(home.resolve(".steward/my-host-example"));
        Files.writeString(data.resolve("steward.yaml"), "node: other\n");
        assertThat(load().node()).isEqualTo(new NodeName("other"));
        assertThat(load().data()).isEqualTo(data);
        Files.writeString(data.resolve("steward.yaml"), "data: /elsewhere\n");
        fails(data + "/steward.yaml, line 1, column 7: data: names another folder");
    }

    @Test
    void aFileOfCommentsIsAnEmptyOne() throws Exception {
        flags.put("config", file("# nothing\n"));
        load();
        flags.put("config", file(""));
        load();
    }

    @Test
    void aPortThatIsAskedForIsFixed() throws Exception {
        flags.put("http.address", "127.0.0.1:8787");
        assertThat(load().http().portIsFixed()).isTrue();
    }

    @Test
    void anEmptyVariableCountsAsNotGiven() throws Exception {
        environment.put("STEWARD_NODE", "");
        assertThat(load().node()).isEqualTo(new NodeName("my-host-example"));
    }

    @Test
    void variablesOfOthersAreLetBe() throws Exception {
        environment.put("STEWARD_TOKEN", "x");
        environment.put("STEWARD_SOMETHING_ELSE", "x");
        load();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nod: a|1, column 1: nod: there is no such setting: did you mean node?",
                "xyz: a|1, column 1: xyz: there is no such setting: see docs/settings.md",
                "config: a|1, column 1: config: the file of settings cannot be named in itself",
                "broker: {prot: 1}|1, column 10: broker.prot: there is no such setting: did you"
                        + " mean broker.port?",
                "broker: 5|1, column 9: broker: expected keys and values below it",
                "broker:|broker: has no value",
                "node:|node: has no value",
                "node: a.b|1, column 7: node: node name \"a.b\" has '.' at character 2",
                "node: [a]|1, column 7: node: a list: expected a node name",
                "node: {a: b}|1, column 7: node: expected a node name",
                "broker: {port: x}|1, column 16: broker.port: \"x\": expected a whole number from 0"
                        + " to 65535",
                "broker: {port: 65536}|1, column 16: broker.port: \"65536\": expected a whole"
                        + " number from 0 to 65535",
                "broker: {sync: 1ms}|broker.sync: \"1ms\": expected always, or a duration",
                "broker: {url: [nats://a, http://b]}|1, column 15: broker.url: \"http://b\":"
                        + " expected addresses",
                "broker: {url: [[a]]}|broker.url: expected addresses of NATS servers",
                "mailbox: {maxAge: soon}|mailbox.maxAge: \"soon\": expected a duration from 1h to"
                        + " 365d",
                "mailbox: {maxAge: 1s}|mailbox.maxAge: \"1s\": expected a duration from 1h to 365d",
                "mailbox: {maxBytes: 5 GiBi}|mailbox.maxBytes: \"5 GiBi\": expected a size from"
                        + " 1MiB to 16TiB",
                "mailbox: {maxBytes: 999999999999999999TiB}|mailbox.maxBytes: ",
                "mailbox: {maxAge: 1h, duplicateWindow: 2h}|mailbox.duplicateWindow: longer than"
                        + " mailbox.maxAge",
                "http: {address: 8787}|http.address: \"8787\": expected HOST:PORT",
                "http: {address: `a:70000`}|http.address: ",
                "http: {enabled: yes}|http.enabled: \"yes\": expected true or false",
                "run: {environment: [A-B]}|run.environment: \"A-B\": expected names",
                "syslog: {forwardTo: udp://h}|syslog.forwardTo: \"udp://h\": expected"
                        + " udp://HOST:PORT",
                "broker: {embedded: true, url: nats://a}|broker.embedded: true, and ",
                "- a|1, column 1: expected keys and values",
                "a|expected keys and values",
                "node: [|line 1, column 8: not YAML: while parsing a flow node: expected the node"
                        + " content",
                "node: 'a|not YAML",
            })
    void errorsInTheFileNamePlaceAndValue(String yaml, String message) throws Exception {
        flags.put("config", file(yaml.replace('`', '"')));
        fails(message);
        fails(flags.get("config"));
    }

    @Test
    void aKeyTwiceIsAnError() throws Exception {
        flags.put("config", file("node: a\nnode: b\n"));
        fails("line 2");
    }

    @Test
    void aSecondDocumentIsAnError() throws Exception {
        flags.put("config", file("node: a\n---\nnode: b\n"));
        fails("a second document");
    }

    @Test
    void aFileThatCannotBeReadIsAnError() throws Exception {
        flags.put("config", "none.yaml");
        fails("--config: there is no file " + folder.resolve("none.yaml"));
        flags.put("config", ".");
        fails("is a folder");
        Files.write(folder.resolve("latin.yaml"), new byte[] {'n', (byte) 0xe9});
        flags.put("config", "latin.yaml");
        fails("is not UTF-8");
    }

    @Test
    void errorsOfVariablesAndFlagsNameThem() {
        environment.put("STEWARD_BROKER_PORT", "x");
        fails("STEWARD_BROKER_PORT: \"x\": expected a whole number from 0 to 65535");
        flags.put("broker.port", "y");
        fails("--broker-port: \"y\": expected a whole number from 0 to 65535");
        flags.clear();
        environment.clear();
        environment.put("STEWARD_BROKR", "x");
        fails("STEWARD_BROKR: there is no such variable: did you mean STEWARD_BROKER?");
        environment.clear();
        flags.put("broker.prot", "1");
        fails("broker.prot: there is no such setting: did you mean broker.port?");
    }

    @Test
    void aHostWithoutAUsableNameIsAnError() {
        assertThatThrownBy(() ->
                        new SettingsLoader(() -> "...")
                                .load(Map.of("node", ""), environment, folder, mode))
                .hasMessageContaining("--node: \"\": expected a node name");
        assertThatThrownBy(
                        () -> new SettingsLoader(() -> "").load(flags, environment, folder, mode))
                .hasMessageContaining("--node or STEWARD_NODE");
    }

    @Test
    void thisMachineHasAName() throws Exception {
        assertThat(new SettingsLoader().load(flags, environment, folder, mode).node().value())
                .isNotEmpty();
    }

    private void fails(String message) {
        assertThatThrownBy(this::load)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("s.yaml"), yaml).toString();
    }

    private static String yaml(String key, String value) {
        int dot = key.indexOf('.');
        String quoted = "\"" + value + "\"\n";
        return dot < 0
                ? key + ": " + quoted
                : key.substring(0, dot) + ":\n  " + key.substring(dot + 1) + ": " + quoted;
    }
}
