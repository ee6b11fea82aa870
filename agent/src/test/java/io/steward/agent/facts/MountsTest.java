package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MountsTest {
    @Test
    void octalNumbersAreCharacters() {
        Mounts mounts = Mounts.parse(List.of("/dev/a /my\\040disk\\134\\0441 ext4 rw 0 0"));
        assertThat(mounts.all()).containsExactly(new Mount("/dev/a", "/my disk\\$1", "ext4"));
    }

    @Test
    void whatIsMountedOverAnotherHidesIt() {
        Mounts mounts =
                Mounts.parse(List.of("rootfs / rootfs rw", "/dev/a / ext4 rw", "odd", "a b c"));
        assertThat(mounts.all()).containsExactly(new Mount("/dev/a", "/", "ext4"));
    }

    @Test
    void aPathIsHeldByTheNearestMountAboveIt() {
        Mounts mounts =
                Mounts.parse(List.of("/dev/a / ext4", "/dev/b /srv ext4", "/dev/c /srv/x ext4"));
        assertThat(mounts.of("/srv/x/y")).map(Mount::source).contains("/dev/c");
        assertThat(mounts.of("/srv/xy")).map(Mount::source).contains("/dev/b");
        assertThat(mounts.of("/srvx")).map(Mount::source).contains("/dev/a");
    }

    @Test
    void aDeviceIsADiskOnce() {
        Mounts mounts =
                Mounts.parse(
                        List.of(
                                "/dev/a / btrfs",
                                "/dev/a /home btrfs",
                                "/dev/b /srv/deep ext4",
                                "/dev/b /srv ext4",
                                "tank/x /tank zfs"));
        assertThat(mounts.disks(50)).extracting(Mount::path).containsExactly("/srv", "/tank");
    }

    @Test
    void whatIsNoLocalDiskIsNone() {
        Mounts mounts =
                Mounts.parse(
                        List.of(
                                "tmpfs /tmp tmpfs",
                                "/dev/sr0 /media/cdrom iso9660",
                                "/dev/fuse /run/user/0/doc fuse",
                                "/dev/drbd0 /cluster gfs2",
                                "/dev/sdb1 /mnt/usb fuseblk",
                                "host:/x /x nfs"));
        assertThat(mounts.disks(50)).extracting(Mount::path).containsExactly("/mnt/usb");
    }

    @Test
    void ofTooManyThoseNearestToTheRootStay() {
        List<String> lines =
                IntStream.range(0, 1000).mapToObj(i -> "/dev/" + i + " /m" + i + " ext4").toList();
        assertThat(Mounts.parse(lines).disks(50))
                .hasSize(50)
                .first()
                .isEqualTo(new Mount("/dev/0", "/m0", "ext4"));
    }
}
