package io.steward.cli;

import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsException;
import io.steward.agent.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the commands that start an agent. What they mean is said in docs/settings.md; each
/// has its variable and its key in steward.yaml.
final class AgentOptions {
    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "The unique name of this node ($STEWARD_NODE). Default: the host's name.")
    @Nullable String node;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The folder of all that the agent keeps ($STEWARD_DATA). Default:"
                            + " ~/.steward/NODE.")
    @Nullable String data;

    @Option(
            names = "--inmsg",
            paramLabel = "FILE",
            description = "The file in which people write messages ($STEWARD_INMSG).")
    @Nullable String inmsg;

    @Option(
            names = "--broker",
            paramLabel = "URL",
            description =
                    "A nats-server to connect to; may be given several times ($STEWARD_BROKER).")
    List<String> brokers = new ArrayList<>();

    @Option(
            names = "--creds",
            paramLabel = "FILE",
            description = "A NATS credentials file ($STEWARD_CREDS).")
    @Nullable String creds;

    @Option(
            names = "--http",
            paramLabel = "HOST:PORT",
            description =
                    "Where the API listens ($STEWARD_HTTP). Default: 127.0.0.1:8787, or a free port"
                            + " when that is taken.")
    @Nullable String http;

    @Option(
            names = "--central",
            paramLabel = "NODE",
            description = "The node that collects errors ($STEWARD_CENTRAL).")
    @Nullable String central;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The file of settings ($STEWARD_CONFIG). Default: steward.yaml in the data"
                            + " folder.")
    @Nullable String config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Any other setting, by its key in steward.yaml; may be given several times.")
    Map<String, String> settings = new LinkedHashMap<>();

    /// @throws CliException if a setting is not as it has to be
    Settings load(Shell shell, Mode mode) {
        Map<String, String> flags = new LinkedHashMap<>(settings);
        put(flags, "node", node);
        put(flags, "data", data);
        put(flags, "inmsg", inmsg);
        put(flags, "broker.url", brokers.isEmpty() ? null : String.join(",", brokers));
        put(flags, "broker.creds", creds);
        put(flags, "http.address", http);
        put(flags, "central", central);
        put(flags, "config", config);
        try {
            return new SettingsLoader().load(flags, shell.environment(), shell.folder(), mode);
        } catch (SettingsException e) {
            throw new CliException(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static void put(Map<String, String> flags, String key, @Nullable String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
