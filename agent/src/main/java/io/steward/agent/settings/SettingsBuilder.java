package io.steward.agent.settings;

import io.steward.agent.settings.SettingType.Base;
import io.steward.agent.settings.Settings.AuditSettings;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.agent.settings.Settings.FleetSettings;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.agent.settings.Settings.JournalSettings;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.agent.settings.Settings.PolicySettings;
import io.steward.agent.settings.Settings.ProcessedLogSettings;
import io.steward.agent.settings.Settings.RemoteSettings;
import io.steward.agent.settings.Settings.RunSettings;
import io.steward.agent.settings.Settings.SyslogSettings;
import io.steward.messages.NodeName;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes the settings of what was given: finds the file, works out the defaults that depend on
/// others, checks what must fit together.
final class SettingsBuilder {
    private static final String FILE_NAME = "steward.yaml";
    private static final String POLICY_NAME = "policy.yaml";
    private static final String DEFAULT_BROKER = "nats://127.0.0.1:4222";

    private final Map<String, Given> given;
    private final Base base;
    private final Path stewardHome;
    private final Mode mode;
    private final Supplier<String> hostName;

    /// @param given by flags and variables, by dotted key
    /// @param stewardHome the data folder is made in it when none is given
    SettingsBuilder(
            Map<String, Given> given,
            Base base,
            Path stewardHome,
            Mode mode,
            Supplier<String> hostName) {
        this.given = new HashMap<>(given);
        this.base = base;
        this.stewardHome = stewardHome;
        this.mode = mode;
        this.hostName = hostName;
    }

    Settings build() throws SettingsException {
        Path found = readFile();
        NodeName node = node();
        Path data = found != null ? found : data(node);
        NodeName central = get(SettingKeys.CENTRAL);
        Path inmsg = get(SettingKeys.INMSG);
        if (inmsg == null) {
            inmsg = (mode == Mode.UP ? base.folder() : data).resolve("inmsg.txt");
        }
        Path inbox = get(SettingKeys.INBOX);
        Path policy = get(SettingKeys.POLICY_FILE);
        return new Settings(
                node,
                central != null ? central : mode == Mode.UP ? node : Settings.USUAL_CENTRAL,
                data,
                inmsg,
                inbox != null ? inbox : inmsg.resolveSibling("inbox"),
                broker(),
                mailbox(),
                http(),
                new JournalSettings(
                        need(SettingKeys.JOURNAL_RETENTION),
                        need(SettingKeys.JOURNAL_UNFINISHED),
                        need(SettingKeys.JOURNAL_QUEUED)),
                new ProcessedLogSettings(need(SettingKeys.LOG_BYTES), need(SettingKeys.LOG_KEEP)),
                new AuditSettings(need(SettingKeys.AUDIT_BYTES), need(SettingKeys.AUDIT_KEEP)),
                run(),
                new SyslogSettings(get(SettingKeys.SYSLOG_FORWARD)),
                fleet(),
                new PolicySettings(policy != null ? policy : data.resolve(POLICY_NAME)));
    }

    /// Reads the file and puts what it gives behind what is given already.
    ///
    /// @return the data folder, if the file was found in it; it stays the data folder then, also
    ///   when the file names another node
    private @Nullable Path readFile() throws SettingsException {
        Path file = get(SettingKeys.CONFIG);
        if (file != null) {
            if (!Files.exists(file)) {
                Given config = given.get(SettingKeys.CONFIG.key());
                throw new SettingsException(
                        "%s: there is no file %s"
                                .formatted(config == null ? "config" : config.place(), file));
            }
            SettingsFile.read(file, base.home()).forEach(given::putIfAbsent);
            return null;
        }
        Path data = data(node());
        Path inData = data.resolve(FILE_NAME);
        if (!Files.exists(inData)) {
            return null;
        }
        Map<String, Given> fromFile = SettingsFile.read(inData, base.home());
        Given named = fromFile.get(SettingKeys.DATA.key());
        if (named != null && !named.parse(SettingKeys.DATA).equals(data)) {
            throw new SettingsException(
                    "%s: names another folder than the one in which the file was found, %s: use --data or STEWARD_DATA"
                            .formatted(named.place(), data));
        }
        fromFile.forEach(given::putIfAbsent);
        return data;
    }

    private NodeName node() throws SettingsException {
        NodeName node = get(SettingKeys.NODE);
        if (node != null) {
            return node;
        }
        String host = hostName.get();
        String token =
                host.toLowerCase(Locale.ROOT).replace('.', '-').replaceAll("[^a-z0-9_-]", "");
        try {
            return new NodeName(token.substring(0, Math.min(64, token.length())));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    "no name for this node can be made of the host name %s: give one with --node or STEWARD_NODE"
                            .formatted(Given.quoted(host)));
        }
    }

    private Path data(NodeName node) throws SettingsException {
        Path data = get(SettingKeys.DATA);
        return data != null ? data : stewardHome.resolve(node.value());
    }

    private BrokerSettings broker() throws SettingsException {
        List<URI> urls = get(SettingKeys.BROKER_URL);
        Boolean asked = get(SettingKeys.BROKER_EMBEDDED);
        boolean embedded = asked != null ? asked : mode == Mode.UP && urls == null;
        if (embedded && urls != null) {
            throw new SettingsException(
                    "%s: true, and %s names a broker to connect to: leave one of them out"
                            .formatted(
                                    place(SettingKeys.BROKER_EMBEDDED),
                                    place(SettingKeys.BROKER_URL)));
        }
        if (urls == null) {
            urls = embedded ? List.of() : List.of(URI.create(DEFAULT_BROKER));
        }
        return new BrokerSettings(
                urls,
                get(SettingKeys.BROKER_CREDS),
                get(SettingKeys.BROKER_CA),
                embedded,
                need(SettingKeys.BROKER_PORT),
                given.containsKey(SettingKeys.BROKER_PORT.key()),
                get(SettingKeys.BROKER_PROGRAM),
                need(SettingKeys.BROKER_SYNC),
                get(SettingKeys.BROKER_DOMAIN),
                get(SettingKeys.BROKER_JOIN));
    }

    private MailboxSettings mailbox() throws SettingsException {
        MailboxSettings mailbox =
                new MailboxSettings(
                        need(SettingKeys.MAILBOX_MESSAGES),
                        need(SettingKeys.MAILBOX_BYTES),
                        need(SettingKeys.MAILBOX_AGE),
                        need(SettingKeys.MAILBOX_DUPLICATES),
                        need(SettingKeys.MAILBOX_REPLICAS));
        if (mailbox.duplicateWindow().compareTo(mailbox.maxAge()) > 0) {
            throw new SettingsException(
                    "%s: longer than mailbox.maxAge: expected at most that"
                            .formatted(place(SettingKeys.MAILBOX_DUPLICATES)));
        }
        return mailbox;
    }

    private HttpSettings http() throws SettingsException {
        HttpSettings address = need(SettingKeys.HTTP_ADDRESS);
        return new HttpSettings(
                need(SettingKeys.HTTP_ENABLED),
                address.host(),
                address.port(),
                given.containsKey(SettingKeys.HTTP_ADDRESS.key()),
                remote());
    }

    private RemoteSettings remote() throws SettingsException {
        List<String> names = get(SettingKeys.HTTP_NAMES);
        return new RemoteSettings(
                get(SettingKeys.HTTP_REMOTE),
                get(SettingKeys.HTTP_CERTIFICATE),
                get(SettingKeys.HTTP_KEY),
                names == null ? List.of() : names,
                need(SettingKeys.HTTP_INSECURE));
    }

    private RunSettings run() throws SettingsException {
        List<String> environment = get(SettingKeys.RUN_ENVIRONMENT);
        return new RunSettings(
                need(SettingKeys.RUN_TIMEOUT),
                Math.toIntExact(need(SettingKeys.RUN_OUTPUT)),
                need(SettingKeys.RUN_KILL_GRACE),
                need(SettingKeys.RUN_SHUTDOWN),
                need(SettingKeys.RUN_IDLE),
                get(SettingKeys.RUN_FOLDER),
                environment == null ? List.of() : environment);
    }

    private FleetSettings fleet() throws SettingsException {
        List<String> tags = get(SettingKeys.TAGS);
        return new FleetSettings(
                get(SettingKeys.CLOUD),
                tags == null ? List.of() : tags,
                need(SettingKeys.HEARTBEAT));
    }

    /// The value that is given, or null.
    private <T> @Nullable T get(SettingKey<T> key) throws SettingsException {
        Given value = given.get(key.key());
        return value == null ? null : value.parse(key);
    }

    /// The value that is given, or the default.
    private <T> T need(SettingKey<T> key) throws SettingsException {
        Given value = given.get(key.key());
        if (value == null) {
            String fallback = key.fallback();
            if (fallback == null) {
                throw new IllegalStateException(key.key() + " has no default");
            }
            value = new Given(key.key(), List.of(fallback), false, base);
        }
        return value.parse(key);
    }

    private String place(SettingKey<?> key) {
        Given value = given.get(key.key());
        return value == null ? key.key() : value.place();
    }
}
