package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HypervisorTest {
    @TempDir private Path root;

    @ParameterizedTest
    @CsvSource({
        "innotek GmbH, VirtualBox, virtualbox",
        "Oracle Corporation, SPARC T8-1, none",
        "Microsoft Corporation, Surface Pro 9, none",
        "Microsoft Corporation, Virtual Machine, hyperv",
        "Amazon EC2, m5.large, kvm",
        "Amazon EC2, m5.metal, none",
        "Red Hat, KVM, kvm",
        "Xen, HVM domU, xen",
        "Google, Google Compute Engine, kvm",
        "Hetzner, vServer, kvm",
        "Dell Inc., PowerEdge R6515, none",
    })
    void theFirmwareTellsIt(String vendor, String product, String expected) throws Exception {
        write("sys/class/dmi/id/sys_vendor", vendor + "\n");
        write("sys/class/dmi/id/product_name", product + "\n");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo(expected);
    }

    @Test
    void theProcessorTellsThatThereIsOne() throws Exception {
        write("proc/cpuinfo", "flags\t\t: fpu hypervisor vme\n");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo("other");
    }

    @Test
    void theDeviceTreeTellsItOnArm() throws Exception {
        write("proc/device-tree/hypervisor/compatible", "linux,kvm\0");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo("kvm");
    }

    @Test
    void theHostOfXenIsNoGuest() throws Exception {
        write("sys/hypervisor/type", "xen\n");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo("xen");
        write("proc/xen/capabilities", "control_d\n");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo("none");
    }

    @Test
    void linuxOnWindowsIsTold() throws Exception {
        write("proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n");
        assertThat(Hypervisor.of(new MachineFiles(root))).isEqualTo("wsl");
    }

    private void write(String path, String text) throws Exception {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
