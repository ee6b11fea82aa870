package io.steward.agent.facts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which machine it is: `host.*`, `machine.*`, `timezone`. Asks no name server.
final class HostFacts implements FactGroup {
    private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");
    private static final String ZONES = "zoneinfo/";
    private static final int HOSTS = 1 << 16;
    private static final int ID_BYTES = 16;

    private final MachineFiles files;
    private final Platform platform;

    HostFacts(MachineFiles files, Platform platform) {
        this.files = files;
        this.platform = platform;
    }

    @Override
    public void gather(Collected to) {
        String name = first("/proc/sys/kernel/hostname", "/etc/hostname");
        to.put("host.name", name);
        to.put("host.fqdn", name == null ? null : fqdn(name));
        to.put("host.id", id(first("/etc/machine-id", "/var/lib/dbus/machine-id")));
        to.put("machine.vendor", Dmi.vendor(files));
        to.put("machine.model", model());
        to.put("timezone", timezone());
    }

    private @Nullable String first(String path, String otherwise) {
        String line = files.line(path);
        return line != null ? line : files.line(otherwise);
    }

    private @Nullable String fqdn(String name) {
        if (name.indexOf('.') > 0) {
            return name;
        }
        String hosts = files.text("/etc/hosts", HOSTS);
        for (String line : hosts == null ? List.<String>of() : hosts.lines().toList()) {
            int comment = line.indexOf('#');
            String plain = (comment < 0 ? line : line.substring(0, comment)).strip();
            List<String> names = Arrays.asList(plain.split("\\s+"));
            // an address, the canonical name, aliases: hosts(5)
            if (names.size() > 2
                    && names.get(1).startsWith(name + ".")
                    && names.subList(2, names.size()).contains(name)) {
                return names.get(1);
            }
        }
        return null;
    }

    /// Not the id itself, which machine-id(5) wants kept secret, but a hash of it for this use.
    private static @Nullable String id(@Nullable String machineId) {
        if (machineId == null || !MACHINE_ID.matcher(machineId).matches()) {
            return null;
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    ("steward host.id " + machineId)
                                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private @Nullable String model() {
        String product = Dmi.product(files);
        return product != null ? product : files.line("/proc/device-tree/model");
    }

    private String timezone() {
        String link = files.link("/etc/localtime");
        int zone = link == null ? -1 : link.indexOf(ZONES);
        if (link != null && zone >= 0) {
            return link.substring(zone + ZONES.length());
        }
        String named = files.line("/etc/timezone");
        return named != null ? named : platform.zone().getId();
    }
}
