package io.steward.agent.inbox;

import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsException;
import io.steward.agent.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The settings of a node `ship1` for tests.
final class ShipSettings {
    private ShipSettings() {}

    /// @param more keys and values besides its name and its folder
    static Settings in(Path folder, Map<String, String> more) throws SettingsException {
        Map<String, String> flags = new HashMap<>(more);
        flags.put("node", "ship1");
        flags.put("data", folder.toString());
        return new SettingsLoader().load(flags, Map.of(), folder, Mode.AGENT);
    }
}
