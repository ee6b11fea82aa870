package io.steward.agent.broker;

import io.steward.agent.files.PrivateFile;
import io.steward.agent.identity.Credentials;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.Key;
import io.steward.agent.identity.KeyFile;
import io.steward.agent.identity.KeyKind;
import io.steward.agent.identity.Permissions;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// The keys of a fleet, and credentials of its nodes.
final class TestFleet {
    private TestFleet() {}

    static FleetKeys keys(Path folder) throws IOException {
        return FleetKeys.of(folder, InstantSource.system());
    }

    /// Of a node that may do all.
    static Path credentials(Path folder, NodeName node) throws IOException {
        return credentials(folder, node, Permissions.all());
    }

    static Path credentials(Path folder, NodeName node, Permissions permissions)
            throws IOException {
        Key key = KeyFile.of(folder.resolve(node + ".nk"), KeyKind.USER);
        String token =
                keys(folder)
                        .member(node, node, key.known(), permissions, null, List.of(), null)
                        .token();
        Path file = folder.resolve(node + ".creds");
        PrivateFile.replace(file, Credentials.of(token, key));
        return file;
    }
}
