package io.steward.agent.broker;

import io.steward.agent.identity.FleetKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A nats-server of the agent's own, on loopback, as a child process: for a first try and small
/// fleets. Whoever owns it calls [#start()], waits in [#waitFor()], and starts it again when it has
/// ended. It does not outlive the agent: a shell between them reads a pipe from the agent and ends
/// the server when that is closed, which happens also when the agent is killed. (The kernel's
/// parent-death signal will not do: it is sent when the *thread* that started the child ends.) Not
/// thread-safe, except [#waitFor()] and [#close()].
public final class EmbeddedNats implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNats.class);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.");

    /// Ends the server when its own input ends, and itself when the server ends.
    private static final String KEEPER =
            """
            exec 3<&0
            "$0" -c "$1" </dev/null 3<&- & server=$!
            {
              read -r _ <&3; kill -TERM $server; i=0
              while [ $i -lt 100 ] && kill -0 $server; do sleep 0.1; i=$((i + 1)); done
              kill -KILL $server
            } 2>/dev/null & watch=$!
            exec 3<&-
            wait $server; code=$?
            kill $watch 2>/dev/null
            exit $code
            """;

    /// Of util-linux or busybox. Does not fork here, as what is started is never a group's leader.
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final EmbeddedFolder folder;
    private final Path program;
    private final int wantedPort;
    private final boolean portIsFixed;
    private final String sync;
    private final FleetKeys fleet;
    private final String join;
    private final FileChannel lock;
    private volatile @Nullable Process keeper;
    private volatile @Nullable URI url;

    /// @param folder its data, made if missing; nothing else may be in it
    /// @param program the nats-server to run, see [#find]
    /// @param port 0 for a free one, which is kept over restarts
    /// @param portIsFixed whether it is an error that the port is taken; else a free one is used
    /// @param sync `sync_interval`: `always`, or a duration like `2m`
    /// @param fleet whose members may log in
    /// @param join the join token that stands in its file `url`
    /// @throws IOException if the folder cannot be used, or another agent uses it
    public EmbeddedNats(
            Path folder,
            Path program,
            int port,
            boolean portIsFixed,
            String sync,
            FleetKeys fleet,
            String join)
            throws IOException {
        this.portIsFixed = portIsFixed;
        this.folder = new EmbeddedFolder(folder);
        this.program = program;
        this.wantedPort = port;
        this.sync = sync;
        this.fleet = fleet;
        this.join = join;
        this.lock =
                FileChannel.open(
                        this.folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false; // in this process
        } finally {
            if (!locked) {
                lock.close();
            }
        }
        if (!locked) {
            throw new IOException(
                    "another agent runs its nats-server in %s: end it, or use another data folder"
                            .formatted(folder));
        }
    }

    /// Runs `script`, which is `bin/nats-server`, and returns the program it has found or fetched.
    ///
    /// @throws IOException if there is none; the message holds the reasons and what to do
    public static Path find(Path script) throws IOException, InterruptedException {
        Process run = new ProcessBuilder(script.toString()).start();
        try {
            run.getOutputStream().close();
            String path = "";
            String why;
            try (var out = run.inputReader(StandardCharsets.UTF_8);
                    var err = run.errorReader(StandardCharsets.UTF_8)) {
                why = String.join("\n", err.lines().toList()); // it writes one line to the other
                path = String.join("\n", out.lines().toList()).strip();
            }
            if (run.waitFor() != 0 || path.isEmpty()) {
                throw new IOException(why.isEmpty() ? script + " found no nats-server" : why);
            }
            return Path.of(path);
        } finally {
            run.destroy();
        }
    }

    /// Starts it and waits until it takes connections, at most a minute. One that runs on this
    /// folder since before, its keeper being killed, is ended first: nobody could wait for its end,
    /// and it may be of another version or configuration.
    ///
    /// @throws IOException if it does not start; the message holds the last lines of its log
    public void start() throws IOException, InterruptedException {
        Process before = keeper;
        if (before != null && before.isAlive()) {
            return;
        }
        endLeftover();
        int port = freePort();
        url = folder.write(port, sync, limitsConsumers(), fleet, join);
        Process started =
                new ProcessBuilder(command())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.said().toFile())
                        .start();
        keeper = started;
        boolean ready = false;
        try {
            ready = awaitReady(started, port);
        } finally {
            if (!ready) {
                end(started);
            }
        }
        if (!ready) {
            throw new IOException(
                    "nats-server (%s) does not take connections on 127.0.0.1:%d; its last lines:%n%s"
                            .formatted(program, port, folder.lastLines()));
        }
        LOG.info("nats-server runs on 127.0.0.1:{}, data in {}", port, folder.config().getParent());
    }

    private int freePort() throws IOException {
        // why: agents were told of the one it had when the usual one was taken
        int last = portIsFixed ? 0 : folder.lastPort();
        int port = last == 0 ? folder.port(wantedPort) : last;
        if (EmbeddedFolder.isFree(port)) {
            return port;
        }
        if (portIsFixed) {
            throw new IOException(
                    "port %d for the embedded nats-server is taken by another program: give another one with --broker-port, or use the broker there with --broker nats://127.0.0.1:%d"
                            .formatted(port, port));
        }
        int other = folder.port(0);
        LOG.warn(
                "port {} is taken by another program; the embedded nats-server uses {}",
                port,
                other);
        return other;
    }

    private boolean awaitReady(Process started, int port) throws InterruptedException {
        long deadline = System.nanoTime() + READY.toNanos();
        while (started.isAlive() && System.nanoTime() < deadline) {
            if (greets(port)) {
                return started.isAlive();
            }
            if (started.waitFor(20, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return false;
    }

    private static boolean greets(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            socket.setSoTimeout(1_000);
            return socket.getInputStream().read() == 'I'; // INFO {...
        } catch (IOException e) {
            return false;
        }
    }

    /// In a session of its own where that can be had: Ctrl-C in the terminal of an agent goes to
    /// all processes of the terminal, and the broker is to end after the agent.
    private List<String> command() {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.addAll(
                List.of("/bin/sh", "-c", KEEPER, program.toString(), folder.config().toString()));
        return command;
    }

    /// Whether this version knows `default_max_consumers`: 2.15 or newer.
    private boolean limitsConsumers() throws IOException {
        Process run =
                new ProcessBuilder(program.toString(), "--version")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new IOException(
                    "%s --version says \"%s\": expected a nats-server"
                            .formatted(program, said.strip()));
        }
        int major = Integer.parseInt(version.group(1));
        return major > 2 || (major == 2 && Integer.parseInt(version.group(2)) >= 15);
    }

    /// Ends servers with our configuration file that are not our children.
    private void endLeftover() throws InterruptedException {
        String config = folder.config().toString();
        List<ProcessHandle> leftover =
                ProcessHandle.allProcesses().filter(each -> runs(each, config)).toList();
        for (ProcessHandle each : leftover) {
            LOG.warn("ending nats-server {} of an earlier agent on {}", each.pid(), config);
            each.destroy();
        }
        for (ProcessHandle each : leftover) {
            if (!ended(each, STOP)) {
                each.destroyForcibly();
                if (!ended(each, STOP)) {
                    LOG.error("nats-server {} does not end", each.pid());
                }
            }
        }
    }

    private static boolean runs(ProcessHandle process, String config) {
        String[] arguments = process.info().arguments().orElse(new String[0]);
        return arguments.length == 2 && arguments[0].equals("-c") && arguments[1].equals(config);
    }

    private static boolean ended(ProcessHandle process, Duration within)
            throws InterruptedException {
        try {
            process.onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return !process.isAlive();
        }
    }

    /// Where it is. The same stands in the file `url` of its folder, with a join token for other
    /// agents of the same user on this machine.
    ///
    /// @throws IllegalStateException before the first [#start()]
    public URI url() {
        URI known = url;
        if (known == null) {
            throw new IllegalStateException("the embedded nats-server was never started");
        }
        return known;
    }

    /// Whether it runs now.
    public boolean isRunning() {
        Process running = keeper;
        return running != null && running.isAlive();
    }

    /// Waits until it ends by itself or by [#close()].
    ///
    /// @return its exit code; over 128 for a signal
    public int waitFor() throws InterruptedException {
        Process running = keeper;
        return running == null ? 0 : running.waitFor();
    }

    /// The last lines of its log.
    public String lastLines() {
        return folder.lastLines();
    }

    /// On one line the last it said since it was started: what went wrong, if anything did.
    public String lastWords() {
        return EmbeddedFolder.lastWords(folder.lastLines());
    }

    /// Ends it with SIGTERM, and with SIGKILL if that does not help, and returns when it has ended.
    @Override
    public void close() {
        Process running = keeper;
        try {
            if (running != null) {
                end(running);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.warn("the lock of the embedded nats-server was not given back", e);
            }
        }
    }

    private static void end(Process keeper) throws InterruptedException {
        List<ProcessHandle> children = keeper.descendants().toList();
        try {
            keeper.getOutputStream().close(); // the keeper ends the server, see there
        } catch (IOException e) {
            LOG.debug("the keeper has ended already", e);
        }
        if (!keeper.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
            children.forEach(ProcessHandle::destroyForcibly);
            keeper.destroyForcibly().waitFor();
        }
        for (ProcessHandle child : children) {
            if (!ended(child, Duration.ofSeconds(1))) {
                child.destroyForcibly();
            }
        }
    }
}
