package io.steward.agent.settings;

import io.steward.agent.settings.Settings.HostAndPort;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.messages.NodeName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The catalogue of the settings. Loading, error messages, the flags of the command line and
/// docs/settings.md are all made from it.
public final class SettingKeys {
    private static final List<SettingKey<?>> LISTED = new ArrayList<>();

    /// The file of settings itself; the only key that cannot stand in the file.
    public static final SettingKey<Path> CONFIG =
            add(
                    key("config", SettingTypes.PATH, null, "The file of settings.")
                            .flag("--config")
                            .shown("`steward.yaml` in the data folder, if there is one"));

    public static final SettingKey<NodeName> NODE =
            add(
                    key("node", SettingTypes.NODE, null, "The unique name of this node.")
                            .flag("--node")
                            .shown("the host name in lower case, dots made `-`"));
    public static final SettingKey<NodeName> CENTRAL =
            add(
                    key("central", SettingTypes.NODE, null, "The node that collects errors.")
                            .flag("--central")
                            .shown("`up`: this node; `agent`: `central`"));
    public static final SettingKey<Path> DATA =
            add(
                    key("data", SettingTypes.PATH, null, "The folder of all that the agent keeps.")
                            .flag("--data")
                            .shown("`~/.steward/NODE`"));
    public static final SettingKey<Path> INMSG =
            add(
                    key(
                                    "inmsg",
                                    SettingTypes.PATH,
                                    null,
                                    "The file in which people write messages.")
                            .flag("--inmsg")
                            .shown(
                                    "`inmsg.txt` in the working folder (`up`) or the data folder"
                                            + " (`agent`)"));
    public static final SettingKey<Path> INBOX =
            add(
                    key(
                                    "inbox",
                                    SettingTypes.PATH,
                                    null,
                                    "The folder into which files of messages are dropped.")
                            .shown("`inbox` beside inmsg.txt"));

    public static final SettingKey<String> CLOUD =
            add(
                    key(
                            "cloud",
                            SettingTypes.TOKEN,
                            null,
                            "The group of machines that this node belongs to, until a `tag` message"
                                    + " says otherwise."));
    public static final SettingKey<List<String>> TAGS =
            add(
                    key(
                            "tags",
                            SettingTypes.TOKENS,
                            null,
                            "What this node is for, until a `tag` message says otherwise."));
    public static final SettingKey<Duration> HEARTBEAT =
            add(
                    key(
                            "heartbeat",
                            SettingTypes.duration("5s", "10m"),
                            "60s",
                            "How often the node says that it is there; who has missed two is"
                                    + " late."));

    public static final SettingKey<List<URI>> BROKER_URL =
            add(
                    key(
                                    "broker.url",
                                    "STEWARD_BROKER",
                                    SettingTypes.BROKERS,
                                    null,
                                    "The servers to connect to, tried in random order.")
                            .flag("--broker")
                            .shown("`up`: the embedded one; `agent`: `nats://127.0.0.1:4222`"));
    public static final SettingKey<Path> BROKER_CREDS =
            add(
                    key(
                                    "broker.creds",
                                    "STEWARD_CREDS",
                                    SettingTypes.PATH,
                                    null,
                                    "A NATS credentials file.")
                            .flag("--creds"));
    public static final SettingKey<Path> BROKER_CA =
            add(
                    key(
                                    "broker.ca",
                                    SettingTypes.PATH,
                                    null,
                                    "A file of certificates (PEM) that are trusted where a server"
                                            + " is reached by TLS; the servers must speak it then.")
                            .shown("those that the JVM trusts"));
    public static final SettingKey<String> BROKER_JOIN =
            add(
                    key(
                                    "broker.join",
                                    "STEWARD_JOIN",
                                    SettingTypes.JOIN,
                                    null,
                                    "The join token with which this machine asks to be a member of"
                                            + " the fleet; not needed once it is one. It may stand"
                                            + " in `broker.url` too, before the `@`.")
                            .shown("none"));
    public static final SettingKey<Boolean> BROKER_EMBEDDED =
            add(
                    key(
                                    "broker.embedded",
                                    SettingTypes.BOOLEAN,
                                    null,
                                    "Whether the agent runs a nats-server of its own.")
                            .shown("`up` without `broker.url`: `true`; else `false`"));
    public static final SettingKey<Integer> BROKER_PORT =
            add(
                    key(
                                    "broker.port",
                                    SettingTypes.whole(0, 65_535),
                                    "4222",
                                    "The port of the embedded nats-server; 0 for a free one. Where"
                                            + " the default is taken, a free one is used. A free"
                                            + " one, once used, is kept over restarts, until"
                                            + " another program has it or a port is given.")
                            .flag("--broker-port"));
    public static final SettingKey<Path> BROKER_PROGRAM =
            add(
                    key("broker.program", SettingTypes.PATH, null, "The nats-server to run.")
                            .shown("the one that `bin/nats-server` finds"));
    public static final SettingKey<String> BROKER_SYNC =
            add(
                    key(
                            "broker.sync",
                            SettingTypes.SYNC,
                            "always",
                            "When the embedded nats-server writes to disk for good"
                                    + " (`sync_interval`)."));
    public static final SettingKey<String> BROKER_DOMAIN =
            add(
                    key(
                            "broker.domain",
                            SettingTypes.TOKEN,
                            null,
                            "The JetStream domain, behind a leaf node."));

    public static final SettingKey<Long> MAILBOX_MESSAGES =
            add(
                    key(
                            "mailbox.maxMessages",
                            SettingTypes.number(1, 1_000_000_000),
                            "100000",
                            "How many messages the node's mailbox holds before it refuses."));
    public static final SettingKey<Long> MAILBOX_BYTES =
            add(
                    key(
                            "mailbox.maxBytes",
                            SettingTypes.size("1MiB", "16TiB"),
                            "1GiB",
                            "How many bytes the node's mailbox holds before it refuses."));
    public static final SettingKey<Duration> MAILBOX_AGE =
            add(
                    key(
                            "mailbox.maxAge",
                            SettingTypes.duration("1h", "365d"),
                            "8d",
                            "How long the mailbox keeps a message; longer than messages live."));
    public static final SettingKey<Duration> MAILBOX_DUPLICATES =
            add(
                    key(
                            "mailbox.duplicateWindow",
                            SettingTypes.duration("1s", "1d"),
                            "2m",
                            "How long the broker itself recognises a second copy; not longer than"
                                    + " `mailbox.maxAge`."));
    public static final SettingKey<Integer> MAILBOX_REPLICAS =
            add(
                    key(
                            "mailbox.replicas",
                            SettingTypes.whole(1, 5),
                            "1",
                            "On how many servers of a cluster the mailbox is."));

    public static final SettingKey<Boolean> HTTP_ENABLED =
            add(
                    key(
                            "http.enabled",
                            SettingTypes.BOOLEAN,
                            "true",
                            "Whether the agent listens for the command line and the console."));
    public static final SettingKey<HttpSettings> HTTP_ADDRESS =
            add(
                    key(
                                    "http.address",
                                    "STEWARD_HTTP",
                                    SettingTypes.ADDRESS_AND_PORT,
                                    "127.0.0.1:8787",
                                    "Where it listens; port 0 for a free one. The default moves on"
                                            + " to a free port when it is taken.")
                            .flag("--http"));

    public static final SettingKey<HostAndPort> HTTP_REMOTE =
            add(
                    key(
                            "http.remote",
                            SettingTypes.HOST_AND_PORT,
                            null,
                            "Where it listens besides, for other machines: with TLS, and with the"
                                    + " tokens of `steward token` only."));
    public static final SettingKey<Path> HTTP_CERTIFICATE =
            add(
                    key(
                            "http.certificate",
                            SettingTypes.PATH,
                            null,
                            "The certificate for `http.remote`, with those that lead to its root:"
                                    + " PEM. Read again when it changes."));
    public static final SettingKey<Path> HTTP_KEY =
            add(
                    key(
                            "http.key",
                            SettingTypes.PATH,
                            null,
                            "Its private key: PEM (PKCS #8), mode 0600."));
    public static final SettingKey<List<String>> HTTP_NAMES =
            add(
                    key(
                            "http.names",
                            SettingTypes.HOST_NAMES,
                            null,
                            "The host names by which `http.remote` is called, besides addresses;"
                                    + " requests with another `Host` are turned away."));
    public static final SettingKey<Boolean> HTTP_INSECURE =
            add(
                    key(
                            "http.insecure",
                            SettingTypes.BOOLEAN,
                            "false",
                            "Whether `http.remote` may be without TLS: whoever is on the way reads"
                                    + " the tokens."));

    public static final SettingKey<Duration> JOURNAL_RETENTION =
            add(
                    key(
                            "journal.retention",
                            SettingTypes.duration("1h", "3650d"),
                            "7d",
                            "How long ended messages are kept."));
    public static final SettingKey<Integer> JOURNAL_UNFINISHED =
            add(
                    key(
                            "journal.maxUnfinished",
                            SettingTypes.whole(1, 10_000_000),
                            "10000",
                            "How many received messages may be unfinished before no more are"
                                    + " fetched."));
    public static final SettingKey<Integer> JOURNAL_QUEUED =
            add(
                    key(
                            "journal.maxQueued",
                            SettingTypes.whole(1, 100_000_000),
                            "1000000",
                            "How many messages sent from here may be without an end before no"
                                    + " further input is accepted."));

    public static final SettingKey<Long> LOG_BYTES =
            add(
                    key(
                            "processedLog.maxBytes",
                            SettingTypes.size("64KiB", "1TiB"),
                            "64MiB",
                            "The size at which processed.jsonl is rotated."));
    public static final SettingKey<Integer> LOG_KEEP =
            add(
                    key(
                            "processedLog.keep",
                            SettingTypes.whole(1, 10_000),
                            "10",
                            "How many rotated files are kept."));

    public static final SettingKey<Long> AUDIT_BYTES =
            add(
                    key(
                            "audit.maxBytes",
                            SettingTypes.size("64KiB", "1TiB"),
                            "64MiB",
                            "The size at which audit.jsonl is rotated."));
    public static final SettingKey<Integer> AUDIT_KEEP =
            add(
                    key(
                            "audit.keep",
                            SettingTypes.whole(1, 10_000),
                            "30",
                            "How many rotated files of the audit log are kept."));

    public static final SettingKey<Duration> RUN_TIMEOUT =
            add(
                    key(
                            "run.methodTimeout",
                            SettingTypes.duration("1ms", "365d"),
                            "1h",
                            "How long a method may run where neither message nor method says."));
    public static final SettingKey<Long> RUN_OUTPUT =
            add(
                    key(
                            "run.outputCap",
                            SettingTypes.size("0B", "256MiB"),
                            "1MiB",
                            "How much of stdout, and of stderr, is kept."));
    public static final SettingKey<Duration> RUN_KILL_GRACE =
            add(
                    key(
                            "run.killGrace",
                            SettingTypes.duration("0s", "1h"),
                            "5s",
                            "The time between TERM and KILL."));
    public static final SettingKey<Duration> RUN_SHUTDOWN =
            add(
                    key(
                            "run.shutdownGrace",
                            SettingTypes.duration("0s", "1d"),
                            "30s",
                            "How long running methods may go on when the agent is stopped."));
    public static final SettingKey<Duration> RUN_IDLE =
            add(
                    key(
                            "run.idle",
                            SettingTypes.duration("1s", "365d"),
                            "5m",
                            "After how long without a message the process of a subject is"
                                    + " retired."));
    public static final SettingKey<Path> RUN_FOLDER =
            add(
                    key("run.workingFolder", SettingTypes.PATH, null, "Where commands run.")
                            .shown("the agent's working folder"));
    public static final SettingKey<List<String>> RUN_ENVIRONMENT =
            add(
                    key(
                            "run.environment",
                            SettingTypes.VARIABLES,
                            null,
                            "Variables of the agent that commands get besides the clean ones."));

    public static final SettingKey<URI> SYSLOG_FORWARD =
            add(
                    key(
                            "syslog.forwardTo",
                            SettingTypes.SYSLOG,
                            null,
                            "Where `syslogforwarding` sends on to."));

    public static final SettingKey<Path> POLICY_FILE =
            add(
                    key(
                                    "policy.file",
                                    SettingTypes.PATH,
                                    null,
                                    "The rules of what others may have this node do, see"
                                            + " docs/policy.md; looked at every two seconds.")
                            .shown("`policy.yaml` in the data folder"));

    private SettingKeys() {}

    /// All of them, in the order of the reference page.
    public static List<SettingKey<?>> all() {
        return List.copyOf(LISTED);
    }

    private static <T> SettingKey<T> add(SettingKey<T> key) {
        LISTED.add(key);
        return key;
    }

    /// A key whose variable follows from its name: `mailbox.maxAge`, `STEWARD_MAILBOX_MAX_AGE`.
    private static <T> SettingKey<T> key(
            String key, SettingType<T> type, @Nullable String fallback, String description) {
        String variable =
                "STEWARD_"
                        + key.replaceAll("([A-Z])", "_$1")
                                .replace('.', '_')
                                .toUpperCase(Locale.ROOT);
        return key(key, variable, type, fallback, description);
    }

    private static <T> SettingKey<T> key(
            String key,
            String variable,
            SettingType<T> type,
            @Nullable String fallback,
            String description) {
        return new SettingKey<>(key, variable, null, type, fallback, null, description);
    }
}
