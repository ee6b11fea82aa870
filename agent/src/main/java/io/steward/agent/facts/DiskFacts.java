package io.steward.agent.facts;

import io.steward.agent.facts.Platform.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Disks and how full they are: `disk.*`. A network file system is never asked. Asking a dead disk
/// may block for ever and cannot be interrupted; so a thread does it that is given up then, at most
/// one for each such disk. Thread-safe.
final class DiskFacts implements FactGroup {
    /// So long is waited for all disks together.
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(DiskFacts.class);
    private static final int MOST = 50;

    private final MachineFiles files;
    private final Platform platform;
    private final Path data;

    /// The disks that have not answered, and who still waits for them.
    private final Map<String, Thread> silent = new LinkedHashMap<>();

    DiskFacts(MachineFiles files, Platform platform, Path data) {
        this.files = files;
        this.platform = platform;
        this.data = data;
    }

    @Override
    public synchronized void gather(Collected to) {
        silent.values().removeIf(thread -> !thread.isAlive());
        DiskReading reading = new DiskReading(files, platform, disks());
        Thread thread = Thread.ofPlatform().name("steward-facts-disks").daemon().start(reading);
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String waiting = reading.giveUp();
        if (waiting != null && thread.isAlive()) {
            log.warn("{} does not answer; its facts are left out until it does", waiting);
            silent.put(waiting, thread);
        }
        reading.found().forEach((name, space) -> put(to, "disk." + name, space));
    }

    /// Names for keys, and paths, without those that are silent.
    private Map<String, String> disks() {
        Mounts mounts = Mounts.parse(files.lines("/proc/self/mounts"));
        Map<String, String> disks = new LinkedHashMap<>();
        if (mounts.root().filter(Mount::isRemote).isEmpty()) {
            disks.put("root", "/");
        }
        mounts.of(realData())
                .filter(mount -> !mount.isRemote())
                .filter(mount -> mounts.root().filter(root -> sameDevice(root, mount)).isEmpty())
                .ifPresent(mount -> disks.put("data", mount.path()));
        mounts.disks(MOST).forEach(mount -> disks.putIfAbsent(mount.key(), mount.path()));
        disks.values().removeAll(silent.keySet());
        return disks;
    }

    private static boolean sameDevice(Mount root, Mount mount) {
        // why: a source that is no path, as tmpfs, names no device
        String source = mount.source();
        return mount.isRoot() || (source.startsWith("/") && source.equals(root.source()));
    }

    private String realData() {
        try {
            return data.toRealPath().toString();
        } catch (IOException e) {
            return data.toAbsolutePath().normalize().toString();
        }
    }

    private static void put(Collected to, String key, Space space) {
        to.put(key + ".mb", space.mb());
        to.put(key + ".freemb", space.freeMb());
        to.put(key + ".usedpercent", space.usedPercent());
    }
}
