package io.steward.agent.facts;

import java.io.File;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// That of the running JVM.
final class JdkPlatform implements Platform {
    @Override
    public @Nullable String property(String name) {
        return System.getProperty(name);
    }

    @Override
    public @Nullable String environment(String name) {
        return System.getenv(name);
    }

    @Override
    public String java() {
        return Runtime.version().toString();
    }

    @Override
    public int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public ZoneId zone() {
        return ZoneId.systemDefault();
    }

    @Override
    public List<Interface> interfaces() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .map(each -> new Interface(each.getName(), each.inetAddresses().toList()))
                .toList();
    }

    @Override
    public @Nullable Space space(Path folder) {
        // why: a FileStore would look for its line in the table of mounts each time
        File file = folder.toFile();
        long total = file.isDirectory() ? file.getTotalSpace() : 0;
        return total <= 0 ? null : new Space(total, file.getFreeSpace(), file.getUsableSpace());
    }
}
