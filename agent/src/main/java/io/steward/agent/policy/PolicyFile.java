package io.steward.agent.policy;

import io.steward.agent.files.PrivateFile;
import io.steward.messages.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The policy of a file, read anew when the file has changed. A file with a mistake, or one that is
/// gone, changes nothing: the policy before it stays. Where there is none before it, as at the
/// start, everything but ACKs is denied. What was in force last is kept in a file of its own, so
/// that a start of the agent does not forget it. Thread-safe.
public final class PolicyFile implements Admission {
    private static final String ROOT = "root";
    private static final long MAX_BYTES = 1L << 20;

    private final Path file;
    private final Path last;
    private final Senders senders;
    private volatile State state;
    private @Nullable Stamp read;
    private @Nullable Stamp seen;
    private boolean everThere;

    /// What is in force.
    ///
    /// @param fromFile whether it is the policy of the file, not a default
    /// @param problem why the file, as it is now, is not in force; empty if it is
    private record State(Policy policy, boolean fromFile, String problem) {}

    /// What tells that the file is another one, or has another content.
    private record Stamp(Object inode, FileTime modified, FileTime changed, long size) {}

    /// How it is with the file, for people.
    ///
    /// @param rules how many are in force
    /// @param fromFile whether they are those of a file; else they are a default
    /// @param problem why the file, as it is now, is not in force
    public record Status(int rules, boolean fromFile, Optional<String> problem) {}

    /// Reads the file, if there is one.
    ///
    /// @param last where what is in force is kept
    /// @param without in force where there is no file, and there never was
    public PolicyFile(Path file, Path last, Policy without, Senders senders) {
        this.file = file;
        this.senders = senders;
        this.last = last;
        this.state = new State(Policy.closed(), false, "");
        try {
            Policy before = lastInForce();
            if (before != null) {
                state = new State(before, true, "");
            }
            Stamp stamp = stamp();
            if (stamp != null) {
                load(stamp);
            } else if (before == null) {
                state = new State(without, false, "");
            } else {
                everThere = true;
                refuse("%s is gone".formatted(file));
            }
        } catch (IOException e) {
            everThere = true;
            read = null;
            refuse("cannot read %s: %s".formatted(file, e));
        }
    }

    /// The file.
    public Path path() {
        return file;
    }

    /// How it is with the file.
    public Status status() {
        State now = state;
        return new Status(
                now.policy.ruleNames().size(),
                now.fromFile,
                Optional.of(now.problem).filter(problem -> !problem.isEmpty()));
    }

    @Override
    public Decision decide(Message message) throws InterruptedException {
        Policy policy = state.policy;
        return policy.decide(
                message,
                policy.asksForMembership()
                        ? senders.find(message.from())
                        : Sender.unknown(message.from()));
    }

    /// Looks whether the file has changed, and takes it if so. One that is being written is taken
    /// when it is the same at two looks.
    public synchronized void look() {
        try {
            Stamp now = stamp();
            if (now == null) {
                seen = null;
                read = null;
                if (everThere) {
                    refuse("%s is gone".formatted(file));
                }
                return;
            }
            boolean settled = now.equals(seen);
            seen = now;
            if (settled && !now.equals(read)) {
                load(now);
            }
        } catch (IOException e) {
            read = null; // why: it may be readable at the next look, unchanged
            refuse("cannot read %s: %s".formatted(file, e));
        }
    }

    private void load(Stamp stamp) throws IOException {
        everThere = true;
        read = stamp;
        try {
            requireOursAlone();
            if (stamp.size() > MAX_BYTES) {
                throw new PolicyException(file + " is larger than 1 MiB");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (!stamp.equals(stamp())) {
                read = null; // why: what was read may be half of it
                refuse(file + " is being written");
                return;
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            Policy policy = Policy.read(file.toString(), text);
            PrivateFile.keep(last, text);
            state = new State(policy, true, "");
        } catch (CharacterCodingException e) {
            refuse(file + " is not UTF-8");
        } catch (PolicyException e) {
            refuse(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Policy lastInForce() throws IOException {
        try {
            return Policy.read(last.toString(), PrivateFile.secret(last));
        } catch (NoSuchFileException e) {
            return null;
        } catch (PolicyException e) {
            // why: an agent of another version wrote it; then only what can be read is allowed
            return Policy.closed();
        }
    }

    /// Who can write the rules can have anything done.
    private void requireOursAlone() throws IOException, PolicyException {
        if (!Files.isRegularFile(file)) {
            throw new PolicyException(file + " is no file: expected a YAML file");
        }
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        String owner = Files.getOwner(file).getName();
        if (!owner.equals(ROOT) && !owner.equals(System.getProperty("user.name"))) {
            throw new PolicyException(
                    "%s belongs to %s: expected a file of the agent's user or of root"
                            .formatted(file, owner));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new PolicyException(
                    "%s can be written by others than its owner: expected it not to be (chmod go-w)"
                            .formatted(file));
        }
    }

    private void refuse(String problem) {
        State now = state;
        state = new State(now.policy, now.fromFile, problem + stays());
    }

    private String stays() {
        return state.policy.equals(Policy.closed())
                ? "; until that is mended, everything but ACKs is denied"
                : "; until that is mended, the policy before it stays in force";
    }

    /// Null if there is no file.
    private @Nullable Stamp stamp() throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            throw new IOException("no inode can be told on this system");
        }
        try {
            Map<String, Object> is =
                    Files.readAttributes(file, "unix:ino,lastModifiedTime,ctime,size");
            return new Stamp(
                    Objects.requireNonNull(is.get("ino")),
                    (FileTime) Objects.requireNonNull(is.get("lastModifiedTime")),
                    (FileTime) Objects.requireNonNull(is.get("ctime")),
                    (Long) Objects.requireNonNull(is.get("size")));
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
