package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactSourceTest {
    @TempDir private Path root;

    private SortedMap<String, String> gather(String machine) {
        return SampleMachine.unpack(machine, root).gather().values();
    }

    @Test
    void aVirtualDebianIsKnownWhole() {
        assertThat(gather("debian"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("address.ipv4", "192.0.2.5,192.0.2.17,172.17.0.1"),
                                Map.entry("address.ipv6", "2001:db8::5"),
                                Map.entry("address.mac", "52:54:00:12:34:56"),
                                Map.entry("agent.java", "25.0.1"),
                                Map.entry("agent.root", "true"),
                                Map.entry("agent.user", "root"),
                                Map.entry("agent.version", "1.2"),
                                Map.entry("arch", "amd64"),
                                Map.entry("boot.time", "2025-01-01T00:00:00Z"),
                                Map.entry("container", "false"),
                                Map.entry("cpu.count", "4"),
                                Map.entry("cpu.model", "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz"),
                                Map.entry("disk._boot.freemb", "650"),
                                Map.entry("disk._boot.mb", "900"),
                                Map.entry("disk._boot.usedpercent", "24"),
                                Map.entry("disk._srv_backup_1.freemb", "1000"),
                                Map.entry("disk._srv_backup_1.mb", "500000"),
                                Map.entry("disk._srv_backup_1.usedpercent", "100"),
                                Map.entry("disk._var_lib_steward.freemb", "9000"),
                                Map.entry("disk._var_lib_steward.mb", "10000"),
                                Map.entry("disk._var_lib_steward.usedpercent", "10"),
                                Map.entry("disk.data.freemb", "9000"),
                                Map.entry("disk.data.mb", "10000"),
                                Map.entry("disk.data.usedpercent", "10"),
                                Map.entry("disk.root.freemb", "20000"),
                                Map.entry("disk.root.mb", "40000"),
                                Map.entry("disk.root.usedpercent", "48"),
                                Map.entry("host.fqdn", "ship1.example.org"),
                                Map.entry("host.id", "4aaa3001b28e063f326d1f122a3125a4"),
                                Map.entry("host.name", "ship1"),
                                Map.entry("kernel", "6.12.5-amd64"),
                                Map.entry("load.1", "0.5"),
                                Map.entry("load.5", "1.25"),
                                Map.entry("machine.model", "Standard PC (Q35 + ICH9, 2009)"),
                                Map.entry("machine.vendor", "QEMU"),
                                Map.entry("memory.freemb", "4000"),
                                Map.entry("memory.limit.mb", "1024"),
                                Map.entry("memory.mb", "7949"),
                                Map.entry("network.interfaces", "eth0,eth1,docker0"),
                                Map.entry("os.codename", "trixie"),
                                Map.entry("os.family", "debian"),
                                Map.entry("os.id", "debian"),
                                Map.entry("os.name", "linux"),
                                Map.entry("os.pretty", "Debian GNU/Linux 13 (trixie)"),
                                Map.entry("os.version", "13"),
                                Map.entry("swap.mb", "1024"),
                                Map.entry("timezone", "Europe/Berlin"),
                                Map.entry("uptime.seconds", "86400"),
                                Map.entry("virtualisation", "kvm")));
    }

    @Test
    void theIdOfTheMachineIsNotShown() {
        assertThat(gather("debian").get("host.id"))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo("0123456789abcdef0123456789abcdef");
    }

    @Test
    void alpineOnVmwareWithoutRoot() {
        assertThat(gather("alpine"))
                .containsEntry("os.family", "alpine")
                .containsEntry("os.version", "3.20")
                .containsEntry("host.fqdn", "buoy.example.org")
                .containsEntry("arch", "amd64")
                .containsEntry("virtualisation", "vmware")
                .containsEntry("agent.root", "false")
                .doesNotContainKeys("os.codename", "host.id", "memory.mb", "boot.time");
    }

    @Test
    void rockyOnBareMetal() {
        assertThat(gather("rocky"))
                .containsEntry("os.family", "redhat")
                .containsEntry("os.version", "9.4")
                .containsEntry("virtualisation", "none")
                .containsEntry("container", "false")
                .containsEntry("machine.vendor", "Dell Inc.")
                .containsEntry("machine.model", "PowerEdge R6515")
                .containsEntry("disk._home.mb", "200000")
                .doesNotContainKeys("disk._export_home.mb", "disk.data.mb", "host.fqdn");
    }

    @Test
    void ubuntuOnHyperV() {
        assertThat(gather("ubuntu"))
                .containsEntry("os.family", "debian")
                .containsEntry("os.id", "ubuntu")
                .containsEntry("os.codename", "oracular")
                .containsEntry("timezone", "America/New_York")
                .containsEntry("virtualisation", "hyperv");
    }

    @Test
    void inDocker() {
        assertThat(gather("docker"))
                .containsEntry("container", "true")
                .containsEntry("virtualisation", "docker")
                .containsEntry("arch", "arm64")
                .containsEntry("memory.limit.mb", "512")
                .containsEntry("network.interfaces", "eth0")
                .containsEntry("disk.data.mb", "60000")
                .doesNotContainKeys("disk._etc_hostname.mb", "address.mac");
    }

    @Test
    void inPodman() {
        assertThat(gather("podman"))
                .containsEntry("container", "true")
                .containsEntry("virtualisation", "podman")
                .containsEntry("os.family", "redhat");
    }

    @Test
    void inKubernetes() {
        assertThat(gather("kubernetes"))
                .containsEntry("container", "true")
                .containsEntry("virtualisation", "kubernetes")
                .containsEntry("memory.limit.mb", "256")
                .containsEntry("os.family", "suse");
    }

    @Test
    void inLxc() {
        assertThat(gather("lxc"))
                .containsEntry("container", "true")
                .containsEntry("virtualisation", "lxc")
                .containsEntry("os.family", "arch");
    }

    @Test
    void aBoardWithoutFirmwareTables() {
        assertThat(gather("board"))
                .containsEntry("machine.model", "Raspberry Pi 4 Model B Rev 1.4")
                .containsEntry("cpu.model", "arm 0x41 0xd08")
                .containsEntry("virtualisation", "none")
                .containsEntry("network.interfaces", "eth0,wlan0")
                .containsEntry("address.ipv4", "198.51.100.7")
                .containsEntry("address.mac", "dc:a6:32:00:00:01")
                .containsEntry("timezone", "UTC");
    }

    @Test
    void anEmptyMachineHasWhatTheJdkSays() {
        Facts facts = new FactSource(root, root, "1.2").gather();
        assertThat(facts.values())
                .containsKeys("os.name", "arch", "cpu.count", "agent.user", "timezone")
                .doesNotContainKeys("virtualisation", "container", "memory.mb");
    }

    @Test
    void filesFullOfNonsenseHarmNothing() throws IOException {
        SampleMachine machine = SampleMachine.unpack("debian", root);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, nonsense());
            }
        }
        assertThat(machine.gather().values())
                .containsEntry("cpu.count", "4")
                .doesNotContainKeys("memory.mb", "boot.time", "host.id");
    }

    private static byte[] nonsense() {
        byte[] bytes = new byte[3 << 20];
        for (int i = 0; i < bytes.length; i++) {
            int character = "=: \n\t\"\\'\0/,.x0".charAt(i * 31 % 14);
            bytes[i] = (byte) (i % 97 == 0 ? 0xff : character);
        }
        return bytes;
    }

    @Test
    void theMachineOfThisTestIsKnown() {
        Facts facts = new FactSource(Path.of("/"), root, "1.2").gather();
        assertThat(facts.values())
                .containsKeys(
                        "os.name", "arch", "kernel", "cpu.count", "disk.root.mb", "agent.java");
        if ("linux".equals(facts.get("os.name"))) {
            assertThat(facts.values())
                    .containsKeys(
                            "memory.mb",
                            "memory.freemb",
                            "load.1",
                            "uptime.seconds",
                            "boot.time",
                            "host.name",
                            "virtualisation",
                            "disk.root.freemb");
        }
        assertThat(Facts.of(facts.toJson())).isEqualTo(facts);
    }
}
