package io.steward.agent.settings;

import io.steward.agent.settings.SettingType.Base;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Brings the settings together. Sources, each stronger than the one before: the defaults;
/// steward.yaml; environment variables `STEWARD_...`; flags. Thread-safe.
public final class SettingsLoader {
    private static final String PREFIX = "STEWARD_";

    /// Variables that begin like a setting's and are something else.
    private static final Set<String> NOT_SETTINGS =
            Set.of(
                    "STEWARD_SERVER",
                    "STEWARD_TOKEN",
                    "STEWARD_CONTEXT",
                    "STEWARD_HOME",
                    "STEWARD_ROOT",
                    "STEWARD_SELF",
                    "STEWARD_LOG",
                    "STEWARD_JAVA_OPTIONS",
                    "STEWARD_CACHE",
                    "STEWARD_ATTEMPT",
                    "STEWARD_NATS_SERVER",
                    "STEWARD_MESSAGE_ID",
                    "STEWARD_FROM",
                    "STEWARD_TO");

    private final Supplier<String> hostName;

    public SettingsLoader() {
        this(SettingsLoader::machineName);
    }

    SettingsLoader(Supplier<String> hostName) {
        this.hostName = hostName;
    }

    /// @param flags by the dotted key of the setting, `broker.port`; the values of a list separated
    ///   by commas. May hold settings that have no flag of their own
    /// @param environment all variables; `HOME` is what `~` stands for
    /// @param workingFolder absolute; what relative paths in flags and variables are relative to
    /// @throws SettingsException for the first thing that is wrong
    public Settings load(
            Map<String, String> flags,
            Map<String, String> environment,
            Path workingFolder,
            Mode mode)
            throws SettingsException {
        String home = environment.getOrDefault("HOME", "");
        Base base =
                new Base(
                        workingFolder,
                        Path.of(home.startsWith("/") ? home : System.getProperty("user.home")));
        Map<String, Given> given = new HashMap<>(variables(environment, base));
        given.putAll(flags(flags, base));
        String own = environment.getOrDefault("STEWARD_HOME", "");
        Path stewardHome =
                own.isEmpty() ? base.home().resolve(".steward") : workingFolder.resolve(own);
        return new SettingsBuilder(given, base, stewardHome, mode, hostName).build();
    }

    private static Map<String, Given> flags(Map<String, String> flags, Base base)
            throws SettingsException {
        List<String> keys = SettingKeys.all().stream().map(SettingKey::key).toList();
        for (String key : flags.keySet()) {
            if (!keys.contains(key)) {
                throw new SettingsException(
                        key
                                + ": there is no such setting"
                                + Suggestion.of(key, keys)
                                        .map(k -> ": did you mean " + k + "?")
                                        .orElse(""));
            }
        }
        Map<String, Given> given = new HashMap<>();
        for (SettingKey<?> key : SettingKeys.all()) {
            String text = flags.get(key.key());
            if (text != null) {
                String place = key.flag() == null ? key.key() : key.flag();
                given.put(key.key(), new Given(place, split(key, text), false, base));
            }
        }
        return given;
    }

    /// A variable that is no setting is an error only where it looks like a slip: others may have
    /// variables of their own that begin with the same word.
    private static Map<String, Given> variables(Map<String, String> environment, Base base)
            throws SettingsException {
        List<String> names = SettingKeys.all().stream().map(SettingKey::variable).toList();
        for (String name : environment.keySet()) {
            if (name.startsWith(PREFIX) && !names.contains(name) && !NOT_SETTINGS.contains(name)) {
                String meant =
                        Suggestion.of(
                                        name.substring(PREFIX.length()),
                                        names.stream()
                                                .map(n -> n.substring(PREFIX.length()))
                                                .toList())
                                .orElse("");
                if (!meant.isEmpty()) {
                    throw new SettingsException(
                            "%s: there is no such variable: did you mean %s?"
                                    .formatted(name, PREFIX + meant));
                }
            }
        }
        Map<String, Given> given = new HashMap<>();
        for (SettingKey<?> key : SettingKeys.all()) {
            String text = environment.get(key.variable());
            if (text != null && !text.isEmpty()) {
                given.put(key.key(), new Given(key.variable(), split(key, text), false, base));
            }
        }
        return given;
    }

    private static List<String> split(SettingKey<?> key, String text) {
        return key.type().list()
                ? Arrays.stream(text.split(",")).map(String::strip).toList()
                : List.of(text);
    }

    private static String machineName() {
        try {
            Path file = Path.of("/proc/sys/kernel/hostname");
            return Files.isReadable(file)
                    ? Files.readString(file).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
