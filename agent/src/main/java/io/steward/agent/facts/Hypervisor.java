package io.steward.agent.facts;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/// On what sort of hypervisor the machine runs, by what its firmware, its processor and its device
/// tree say.
final class Hypervisor {
    /// The first that is in the firmware's words counts; Oracle and Microsoft make real machines
    /// too, and are told by the product.
    private static final List<Entry<String, String>> WORDS =
            List.of(
                    Map.entry("VMware", "vmware"),
                    Map.entry("VirtualBox", "virtualbox"),
                    Map.entry("innotek GmbH", "virtualbox"),
                    Map.entry("Parallels", "parallels"),
                    Map.entry("BHYVE", "bhyve"),
                    Map.entry("Apple Virtualization", "apple"),
                    Map.entry("Xen", "xen"),
                    Map.entry("KVM", "kvm"),
                    Map.entry("QEMU", "kvm"),
                    Map.entry("OpenStack", "kvm"),
                    Map.entry("KubeVirt", "kvm"),
                    Map.entry("Google Compute Engine", "kvm"),
                    Map.entry("Amazon EC2", "kvm"),
                    Map.entry("DigitalOcean", "kvm"),
                    Map.entry("Hetzner", "kvm"));

    private Hypervisor() {}

    /// `none` on a real machine, `other` on one that is virtual and does not say how.
    static String of(MachineFiles files) {
        String kernel = files.line("/proc/sys/kernel/osrelease");
        if (kernel != null && kernel.toLowerCase(Locale.ROOT).contains("microsoft")) {
            return "wsl";
        }
        if (isXenHost(files)) {
            return "none";
        }
        String told = byFirmware(files);
        if (told == null) {
            told = files.line("/sys/hypervisor/type");
        }
        if (told == null) {
            told = byDeviceTree(files);
        }
        if (told == null && files.exists("/sys/firmware/qemu_fw_cfg")) {
            told = "kvm";
        }
        if (told != null) {
            return told;
        }
        return CpuInfo.isVirtual(files) ? "other" : "none";
    }

    private static @Nullable String byFirmware(MachineFiles files) {
        String all = Dmi.all(files);
        String product = Dmi.product(files);
        if (product != null && product.contains(".metal")) {
            // why: an Amazon EC2 instance without a hypervisor has the same maker as one with it
            return null;
        }
        if ("Virtual Machine".equals(product) && all.contains("Microsoft Corporation")) {
            return "hyperv";
        }
        for (Entry<String, String> word : WORDS) {
            if (all.contains(word.getKey())) {
                return word.getValue();
            }
        }
        return null;
    }

    private static @Nullable String byDeviceTree(MachineFiles files) {
        String compatible = files.line("/proc/device-tree/hypervisor/compatible");
        if (compatible != null) {
            return compatible.contains("xen") ? "xen" : "kvm";
        }
        return "linux,dummy-virt".equals(files.line("/proc/device-tree/model")) ? "kvm" : null;
    }

    /// The domain of Xen that has the real hardware.
    private static boolean isXenHost(MachineFiles files) {
        String capabilities = files.line("/proc/xen/capabilities");
        return capabilities != null && capabilities.contains("control_d");
    }
}
