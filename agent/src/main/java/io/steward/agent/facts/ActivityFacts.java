package io.steward.agent.facts;

import java.math.BigDecimal;
import java.time.Instant;

/// Since when the machine runs and how busy it is: `boot.time`, `uptime.seconds`, `load.*`.
final class ActivityFacts implements FactGroup {
    private static final String BOOT_TIME = "btime ";

    private final MachineFiles files;

    ActivityFacts(MachineFiles files) {
        this.files = files;
    }

    @Override
    public void gather(Collected to) {
        load(to);
        String uptime = files.line("/proc/uptime");
        if (uptime != null) {
            Long seconds = FactValue.whole(uptime.split("[. ]")[0]);
            if (seconds != null) {
                to.put("uptime.seconds", seconds);
            }
        }
        for (String line : files.lines("/proc/stat")) {
            if (line.startsWith(BOOT_TIME)) {
                Long seconds = FactValue.whole(line.substring(BOOT_TIME.length()).strip());
                if (seconds != null) {
                    to.put("boot.time", Instant.ofEpochSecond(seconds).toString());
                }
            }
        }
    }

    private void load(Collected to) {
        String line = files.line("/proc/loadavg");
        String[] loads = line == null ? new String[0] : line.split(" ");
        if (loads.length >= 2
                && FactValue.number(loads[0]) != null
                && FactValue.number(loads[1]) != null) {
            to.put("load.1", FactValue.plain(new BigDecimal(loads[0])));
            to.put("load.5", FactValue.plain(new BigDecimal(loads[1])));
        }
    }
}
