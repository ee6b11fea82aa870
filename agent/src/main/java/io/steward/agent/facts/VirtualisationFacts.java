package io.steward.agent.facts;

/// Whether the machine is one: `virtualisation`, `container`. In a container the container counts,
/// not the machine below it.
final class VirtualisationFacts implements FactGroup {
    private final MachineFiles files;
    private final Platform platform;

    VirtualisationFacts(MachineFiles files, Platform platform) {
        this.files = files;
        this.platform = platform;
    }

    @Override
    public void gather(Collected to) {
        if (!files.exists("/proc")) {
            return;
        }
        String container = Container.of(files, platform);
        to.put("container", container != null);
        to.put("virtualisation", container != null ? container : Hypervisor.of(files));
    }
}
