package io.steward.agent.broker;

import io.steward.agent.files.PrivateFile;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.identity.PublicKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The folder of the embedded nats-server, mode 0700: `nats.conf`, `port`, `url`, `log`, `said`
/// (what it wrote to its terminal), `lock`, `jetstream/`, and `jwt/` with the accounts.
final class EmbeddedFolder {
    private static final String PORT = "port";
    private static final String JETSTREAM = "jetstream";
    private static final int TAIL_BYTES = 4_096;
    private static final Pattern LOGGED = Pattern.compile("^\\[\\d+\\] \\d{4}/");

    /// Not what servers of before said at each start, of a password in their configuration.
    private static final Pattern WRONG =
            Pattern.compile(
                    "\\[(?:WRN|ERR|FTL)\\](?! Plaintext passwords detected)"
                            + "|^panic: |^fatal error: |^nats-server: ");

    private final Path folder;

    /// Makes the folder if it is missing.
    EmbeddedFolder(Path folder) throws IOException {
        this.folder = folder.toAbsolutePath().normalize();
        Files.createDirectories(this.folder);
        Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx------"));
    }

    Path config() {
        return folder.resolve("nats.conf");
    }

    Path said() {
        return folder.resolve("said");
    }

    Path log() {
        return folder.resolve("log");
    }

    Path lock() {
        return folder.resolve("lock");
    }

    /// The port to listen on: the fixed one, else the one of the last time, else a free one, which
    /// is remembered so that agents find the server again after a restart.
    int port(int fixed) throws IOException {
        if (fixed != 0) {
            return fixed;
        }
        int last = lastPort();
        if (last != 0) {
            return last;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = socket.getLocalPort();
            PrivateFile.replace(folder.resolve(PORT), free + "\n");
            return free;
        }
    }

    /// The free port of the last time, if there was one and it is free again; else 0.
    int lastPort() throws IOException {
        try {
            int last = Integer.parseInt(Files.readString(folder.resolve(PORT)).strip());
            return last > 0 && last < 65_536 && isFree(last) ? last : 0;
        } catch (NoSuchFileException | NumberFormatException e) {
            return 0;
        }
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections of the server before may linger
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Writes `nats.conf` and `url`, and returns the URL without its join token.
    ///
    /// @param join for other agents of the same user on this machine
    URI write(int port, String sync, boolean limitsConsumers, FleetKeys fleet, String join)
            throws IOException {
        adoptOlder(fleet.account());
        PrivateFile.replace(
                config(),
                """
                # Written by the Steward agent at each start.
                listen: "127.0.0.1:%d"
                server_name: "steward-embedded-%d"
                max_payload: 8MB
                %s
                jetstream {
                  store_dir: %s
                  sync_interval: %s
                  # Each mailbox reserves its max bytes of this: what bounds is the disk.
                  max_file_store: 1024TB
                %s}
                logfile: %s
                logfile_size_limit: 10MB
                logfile_max_num: 5
                """
                        .formatted(
                                port,
                                port,
                                fleet.serverConfiguration(
                                        ServerConfig.quoted(folder.resolve("jwt").toString())),
                                ServerConfig.quoted(folder.resolve(JETSTREAM).toString()),
                                ServerConfig.quoted(sync),
                                // nats-server 2.15 stops at 1,000 consumers of a stream otherwise
                                limitsConsumers
                                        ? "  limits { default_max_consumers: 100000 }\n"
                                        : "",
                                ServerConfig.quoted(log().toString())));
        URI url = URI.create("nats://127.0.0.1:" + port);
        PrivateFile.replace(
                folder.resolve("url"), "nats://%s@127.0.0.1:%d%n".formatted(join, port));
        return url;
    }

    /// What was stored while the server had one password, and no accounts, belongs to the fleet's
    /// account.
    private void adoptOlder(PublicKey account) throws IOException {
        Path stored = folder.resolve(JETSTREAM).resolve("jetstream");
        Path older = stored.resolve("$G");
        Path own = stored.resolve(account.text());
        if (Files.isDirectory(older) && !Files.exists(own)) {
            Files.move(older, own, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(folder.resolve("password"));
    }

    /// The last lines the server wrote, to its terminal and its log.
    String lastLines() {
        return (tail(said()) + tail(log())).strip();
    }

    /// Of what it wrote the last three lines since its start; only warnings and errors if there are
    /// any.
    static String lastWords(String text) {
        List<String> lines = text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        int start = 0;
        for (int i = 0; i < lines.size(); i++) {
            start = lines.get(i).endsWith("Starting nats-server") ? i : start;
        }
        // why: what it wrote to its terminal stands before its log, and is always of this start
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            boolean ofThisStart = i >= start || !LOGGED.matcher(lines.get(i)).find();
            if (ofThisStart && WRONG.matcher(lines.get(i)).find()) {
                wrong.add(lines.get(i));
            }
        }
        List<String> from = wrong.isEmpty() ? lines.subList(start, lines.size()) : wrong;
        return String.join("; ", from.subList(Math.max(0, from.size() - 3), from.size()));
    }

    private static String tail(Path file) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, in.length() - TAIL_BYTES);
            in.seek(from);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return from == 0 ? text : text.substring(text.indexOf('\n') + 1);
        } catch (IOException e) {
            return "";
        }
    }
}
