package io.steward.agent.facts;

/// What the agent is: `agent.*`.
final class AgentFacts implements FactGroup {
    private final MachineFiles files;
    private final Platform platform;
    private final String version;

    AgentFacts(MachineFiles files, Platform platform, String version) {
        this.files = files;
        this.platform = platform;
        this.version = version;
    }

    @Override
    public void gather(Collected to) {
        String user = platform.property("user.name");
        to.put("agent.version", version);
        to.put("agent.java", platform.java());
        to.put("agent.user", user);
        to.put("agent.root", isRoot(user == null ? "" : user));
    }

    private boolean isRoot(String user) {
        for (String line : files.lines("/proc/self/status")) {
            if (line.startsWith("Uid:")) {
                // real, effective, saved, of file systems: proc_pid_status(5)
                String[] ids = line.substring("Uid:".length()).strip().split("\\s+");
                return ids.length > 1 && ids[1].equals("0");
            }
        }
        return user.equals("root");
    }
}
