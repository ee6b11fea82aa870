package io.steward.agent.facts;

import java.util.Locale;
import java.util.Set;

/// A line of the table of mounts: proc_pid_mounts(5).
///
/// @param source the device, as named there
/// @param path where it is mounted
record Mount(String source, String path, String type) {
    private static final Set<String> NETWORK =
            Set.of(
                    "9p",
                    "afs",
                    "autofs",
                    "beegfs",
                    "ceph",
                    "cifs",
                    "coda",
                    "gfs2",
                    "glusterfs",
                    "gpfs",
                    "lustre",
                    "ncpfs",
                    "nfs",
                    "nfs4",
                    "ocfs2",
                    "orangefs",
                    "smb3",
                    "smbfs");
    private static final Set<String> IMAGES =
            Set.of("squashfs", "iso9660", "erofs", "cramfs", "udf");

    /// Below these, mounts come and go with containers and packages.
    private static final Set<String> PASSING =
            Set.of(
                    "/dev/",
                    "/proc/",
                    "/run/",
                    "/snap/",
                    "/sys/",
                    "/var/lib/containerd/",
                    "/var/lib/containers/",
                    "/var/lib/docker/",
                    "/var/lib/kubelet/",
                    "/var/lib/snapd/",
                    "/var/snap/");

    /// Whether asking it may mean asking another machine, or a program that may be gone.
    boolean isRemote() {
        return NETWORK.contains(type)
                || type.equals("fuse")
                || (type.startsWith("fuse.") && !type.equals("fuse.fuse-overlayfs"));
    }

    /// Whether it is a disk that stays, and not the root.
    boolean isDisk() {
        return (source.startsWith("/dev/") || type.equals("zfs"))
                && !isRemote()
                && !IMAGES.contains(type)
                && !isRoot()
                && PASSING.stream().noneMatch(path::startsWith);
    }

    boolean isRoot() {
        return path.equals("/");
    }

    /// Whether it holds this absolute path, or something mounted above it does.
    boolean holds(String other) {
        return isRoot() || other.equals(path) || other.startsWith(path + "/");
    }

    /// The name of the disk within a key: `/srv/Backup.1` is `_srv_backup_1`.
    String key() {
        return path.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
    }
}
