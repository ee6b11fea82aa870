package io.steward.campaign.world;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// What root and its programs are needed for.
final class Root {
    private Root() {}

    /// @return what of it is not to be had here; empty if all is
    static Optional<String> missing(String... programs) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.of("this is not Linux");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("root is needed to mount a file system");
        }
        return Stream.of(programs)
                .filter(program -> !isThere(program))
                .findFirst()
                .map(program -> "there is no " + program);
    }

    private static boolean isThere(String program) {
        return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
