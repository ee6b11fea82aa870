package io.steward.agent.facts;

import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// In what sort of container the agent runs. What an engine leaves for programs to see counts
/// before the names of control groups.
final class Container {
    private static final Map<String, String> GROUPS =
            new TreeMap<>(
                    Map.of(
                            "/kubepods", "kubernetes",
                            "/docker/", "docker",
                            "/docker-", "docker",
                            "/libpod", "podman",
                            "/lxc/", "lxc",
                            "/lxc.payload", "lxc",
                            "/cri-containerd", "containerd"));

    private Container() {}

    /// Null in none.
    static @Nullable String of(MachineFiles files, Platform platform) {
        if (platform.environment("KUBERNETES_SERVICE_HOST") != null
                || files.exists("/var/run/secrets/kubernetes.io")) {
            return "kubernetes";
        }
        if (files.exists("/run/.containerenv")) {
            return "podman";
        }
        if (files.exists("/.dockerenv")) {
            return "docker";
        }
        String named = named(files, platform);
        if (named != null) {
            return named.equals("systemd-nspawn") ? "nspawn" : named;
        }
        if (files.exists("/proc/vz") && !files.exists("/proc/bc")) {
            return "openvz";
        }
        String groups = files.text("/proc/1/cgroup");
        for (Entry<String, String> group : GROUPS.entrySet()) {
            if (groups != null && groups.contains(group.getKey())) {
                return group.getValue();
            }
        }
        return null;
    }

    /// What the manager of the container told the first process of it: the container interface of
    /// systemd, which LXC, nspawn and others follow.
    private static @Nullable String named(MachineFiles files, Platform platform) {
        String told = files.line("/run/systemd/container");
        if (told == null) {
            told = platform.environment("container");
        }
        String environment = told == null ? files.text("/proc/1/environ") : null;
        if (environment != null) {
            for (String variable : environment.split("\0")) {
                if (variable.startsWith("container=")) {
                    told = variable.substring("container=".length());
                }
            }
        }
        return told == null || told.isBlank() ? null : told.strip().toLowerCase(Locale.ROOT);
    }
}
