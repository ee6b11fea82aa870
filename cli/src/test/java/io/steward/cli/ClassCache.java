package io.steward.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A cache of loaded and linked classes, with which the many short programs of the tests start
/// quicker. Made by the first test of a build that needs it; where there are no jars, as in an IDE,
/// there is none.
final class ClassCache {
    private ClassCache() {}

    /// The options of `java` that say where the classes are.
    static List<String> options(Path root) {
        Path jars = root.resolve("cli/target/steward/lib");
        if (!Files.isDirectory(jars)) {
            return List.of("-cp", System.getProperty("java.class.path"));
        }
        try {
            Path cache = root.resolve("cli/target/tests.aot");
            make(jars, cache);
            return List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=auto", "-cp", jars + "/*");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the cache is made", e);
        }
    }

    private static void make(Path jars, Path cache) throws IOException, InterruptedException {
        try (FileChannel channel =
                        FileChannel.open(
                                cache.resolveSibling("tests.aot.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            if (isNewer(cache, jars)) {
                return;
            }
            Path made = cache.resolveSibling("tests.aot.new");
            Process train =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:AOTCacheOutput=" + made,
                                    "-XX:+UseSerialGC",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                                    "-cp",
                                    jars + "/*",
                                    Train.class.getName())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (train.waitFor() != 0) {
                throw new IOException("the cache of classes was not made: " + train.exitValue());
            }
            Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static boolean isNewer(Path cache, Path jars) throws IOException {
        if (!Files.exists(cache)) {
            return false;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(jars)) {
            for (Path jar : all) {
                if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(cache))
                        > 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
