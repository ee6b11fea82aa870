package io.steward.agent.method.exec;

import io.steward.agent.policy.ResourceLimits;
import io.steward.agent.policy.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Has a command run as another user and within limits, by setpriv(1) and prlimit(1) of util-linux.
/// What cannot be done so is not run at all. Stateless.
public final class Privileges {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ROOT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String USER_PATH = "/usr/local/bin:/usr/bin:/bin";

    private Privileges() {}

    /// What became of a request.
    public sealed interface Prepared {
        /// To be run in its place.
        record Ready(Request request) implements Prepared {}

        /// It must not be run.
        record Impossible(String reason) implements Prepared {}
    }

    /// @param inHome whether it runs in the home of the user (in `/` if that is not there), not in
    ///   the folder of the request
    public static Prepared prepare(RunAs as, Request request, boolean inHome) {
        if (as.equals(RunAs.AGENT)) {
            return new Prepared.Ready(request);
        }
        try {
            return prepare(as, request, inHome, PASSWD, agentsUid());
        } catch (IOException | RuntimeException e) {
            return new Prepared.Impossible("cannot be run as the policy says: %s".formatted(e));
        }
    }

    static Prepared prepare(RunAs as, Request request, boolean inHome, Path passwd, long agentsUid)
            throws IOException {
        List<String> wrapped = new ArrayList<>();
        if (!as.limits().isNone()) {
            Optional<String> prlimit = tool("prlimit");
            if (prlimit.isEmpty()) {
                return missing("prlimit", "limits");
            }
            wrapped.add(prlimit.get());
            wrapped.addAll(limits(as.limits()));
            wrapped.add("--");
        }
        Request inside = request;
        String user = as.user();
        if (user != null) {
            Optional<Account> found = Account.find(passwd, user);
            if (found.isEmpty()) {
                return new Prepared.Impossible(
                        "the policy has it run as %s: there is no such user in %s"
                                .formatted(user, passwd));
            }
            Account account = found.get();
            if (account.uid() != agentsUid) {
                if (agentsUid != 0) {
                    return new Prepared.Impossible(
                            "the policy has it run as %s: the agent runs as user id %d, and only root may become another user"
                                    .formatted(user, agentsUid));
                }
                Optional<String> setpriv = tool("setpriv");
                if (setpriv.isEmpty()) {
                    return missing("setpriv", "runAs");
                }
                wrapped.addAll(
                        List.of(
                                setpriv.get(),
                                "--reuid=" + account.uid(),
                                "--regid=" + account.gid(),
                                "--init-groups",
                                "--inh-caps=-all",
                                "--no-new-privs",
                                "--"));
            }
            inside =
                    request.with(
                            request.command(),
                            inHome ? home(account) : request.workingFolder(),
                            environment(request.environment(), account));
        }
        ProgramPath.Found program = new ProgramPath(BuilderRunner::mayExecute).find(inside);
        if (program.file().isEmpty()) {
            return new Prepared.Impossible(program.problem());
        }
        wrapped.add(program.file().get());
        wrapped.addAll(inside.command().subList(1, inside.command().size()));
        return new Prepared.Ready(
                inside.with(wrapped, inside.workingFolder(), inside.environment()));
    }

    private static Prepared missing(String tool, String key) {
        return new Prepared.Impossible(
                "the policy gives %s, which needs %s of util-linux: it is neither in /usr/bin nor in /bin"
                        .formatted(key, tool));
    }

    private static Optional<String> tool(String name) {
        return List.of("/usr/bin/", "/bin/").stream()
                .map(folder -> folder + name)
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst();
    }

    private static List<String> limits(ResourceLimits limits) {
        List<String> flags = new ArrayList<>();
        if (limits.cpuTime() != null) {
            flags.add("--cpu=" + limits.cpuTime().toSeconds());
        }
        if (limits.memory() != null) {
            flags.add("--as=" + limits.memory());
        }
        if (limits.openFiles() != null) {
            flags.add("--nofile=" + limits.openFiles());
        }
        if (limits.processes() != null) {
            flags.add("--nproc=" + limits.processes());
        }
        return flags;
    }

    private static Path home(Account account) {
        Path home = Path.of(account.home().isEmpty() ? "/" : account.home());
        return home.isAbsolute() && Files.isDirectory(home) ? home : Path.of("/");
    }

    private static Map<String, String> environment(Map<String, String> given, Account account) {
        Map<String, String> environment = new LinkedHashMap<>(given);
        environment.put("HOME", account.home().isEmpty() ? "/" : account.home());
        environment.put("USER", account.name());
        environment.put("LOGNAME", account.name());
        environment.put("PATH", account.uid() == 0 ? ROOT_PATH : USER_PATH);
        return environment;
    }

    /// The effective one.
    private static long agentsUid() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> Long.parseLong(line.split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IOException(STATUS + " says no user id"));
    }
}
