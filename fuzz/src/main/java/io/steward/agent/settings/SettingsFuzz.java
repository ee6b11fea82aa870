package io.steward.agent.settings;

import io.steward.fuzz.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Any bytes as steward.yaml, and any texts as flags and variables: settings, or an error in words.
/// What stands behind a line `%%` is taken as lines of `key=value`: with `STEWARD_` at the
/// beginning a variable, else a flag.
public final class SettingsFuzz {
    private static final byte[] DIVIDER = "\n%%\n".getBytes(StandardCharsets.UTF_8);
    private static final SettingsLoader LOADER = new SettingsLoader(() -> "ship1");
    private static final Path FOLDER = folder();
    private static final Path FILE = FOLDER.resolve("steward.yaml");

    private SettingsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        int divider = divider(input);
        Files.write(FILE, Arrays.copyOf(input, divider));
        Map<String, String> flags = new HashMap<>();
        Map<String, String> environment = new HashMap<>();
        int given = Math.min(input.length, divider + DIVIDER.length);
        String pairs = new String(input, given, input.length - given, StandardCharsets.UTF_8);
        for (String line : pairs.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                (line.startsWith("STEWARD_") ? environment : flags)
                        .put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        flags.put("config", FILE.toString());
        environment.put("HOME", FOLDER.toString());
        environment.remove("STEWARD_HOME");
        try {
            Settings settings = LOADER.load(flags, environment, FOLDER, Mode.AGENT);
            Finding.unlessSame(
                    "loaded again", LOADER.load(flags, environment, FOLDER, Mode.AGENT), settings);
        } catch (SettingsException e) {
            Finding.unlessReadable(e.getMessage());
        }
    }

    private static int divider(byte[] input) {
        for (int at = 0; at + DIVIDER.length <= input.length; at++) {
            if (Arrays.equals(input, at, at + DIVIDER.length, DIVIDER, 0, DIVIDER.length)) {
                return at;
            }
        }
        return input.length;
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("steward-fuzz");
            Path file = folder.resolve("steward.yaml");
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                var _ = file.toFile().delete();
                                var _ = folder.toFile().delete();
                            }));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("a folder for steward.yaml", e);
        }
    }
}
