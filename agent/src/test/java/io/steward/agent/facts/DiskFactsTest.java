package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFactsTest {
    @TempDir private Path root;

    @Test
    void aNetworkFileSystemIsNotAsked() {
        SampleMachine machine = SampleMachine.unpack("debian", root);
        machine.gather();
        assertThat(machine.asked())
                .containsExactly(
                        "/", "/var/lib/steward", "/boot", "/srv/Backup 1", "/var/lib/steward");
    }

    @Test
    void aRootOnTheNetworkIsNotAsked() throws Exception {
        SampleMachine machine = SampleMachine.unpack("debian", root);
        mounts("10.0.0.9:/root / nfs4 rw 0 0\n/dev/vda2 /boot ext4 rw 0 0\n");
        machine.gather();
        assertThat(machine.asked()).containsExactly("/boot");
    }

    @Test
    void aDiskThatDoesNotAnswerIsWaitedForOnceAndHidesNoOther() throws Exception {
        mounts("/dev/a / ext4 rw\n/dev/b /dead ext4 rw\n/dev/c /late ext4 rw\n");
        HangingDisk platform = new HangingDisk(root.resolve("dead"), Thread.currentThread());
        DiskFacts disks =
                new DiskFacts(new MachineFiles(root), platform, Path.of("/opt/no-such-folder"));

        assertThat(gather(disks)).contains("disk.root.mb").doesNotContain("disk._dead.mb");
        // why: the disk has interrupted the waiting, which ends it without a clock
        assertThat(Thread.interrupted()).isTrue();
        assertThat(gather(disks))
                .contains("disk.root.mb", "disk._late.mb")
                .doesNotContain("disk._dead.mb");
        assertThat(Thread.interrupted()).isFalse();

        platform.answer();
        assertThat(gather(disks)).contains("disk.root.mb", "disk._late.mb", "disk._dead.mb");
    }

    private static List<String> gather(DiskFacts disks) {
        Collected collected = new Collected();
        disks.gather(collected);
        return List.copyOf(collected.facts().values().keySet());
    }

    private void mounts(String text) throws Exception {
        Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(root.resolve("proc/self/mounts"), text);
    }

    private static final class HangingDisk implements Platform {
        private final Path dead;
        private final Thread waiting;
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile @Nullable Thread hanging;

        HangingDisk(Path dead, Thread waiting) {
            this.dead = dead;
            this.waiting = waiting;
        }

        void answer() throws InterruptedException {
            answered.countDown();
            Thread thread = hanging;
            if (thread != null) {
                thread.join();
            }
        }

        @Override
        public Space space(Path folder) {
            if (folder.equals(dead) && answered.getCount() > 0) {
                hanging = Thread.currentThread();
                waiting.interrupt();
                try {
                    answered.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return new Space(1, 1, 1);
        }

        @Override
        public @Nullable String property(String name) {
            return null;
        }

        @Override
        public @Nullable String environment(String name) {
            return null;
        }

        @Override
        public String java() {
            return "25";
        }

        @Override
        public int processors() {
            return 1;
        }

        @Override
        public ZoneId zone() {
            return ZoneId.of("UTC");
        }

        @Override
        public List<Interface> interfaces() {
            return List.of();
        }
    }
}
