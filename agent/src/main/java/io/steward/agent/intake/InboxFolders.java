package io.steward.agent.intake;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The drop folder and the folders in it, and the moves between them. A claimed file is
/// `.taking/<ulid>-<name>`. Used by one thread.
final class InboxFolders {
    private static final Pattern CLAIM = Pattern.compile("([0-9A-Z]{26})-(.+)");
    private static final int MOST_NUMBERED = 100;

    private final Surroundings with;
    private final Path inbox;
    private final Path taking;
    private final Path done;
    private final Path failed;

    /// One claimed file.
    ///
    /// @param hopeless it did not decode before it was claimed, and was not going to
    record Claim(
            String ulid, String name, Path path, boolean hopeless, Completeness completeness) {}

    InboxFolders(Surroundings with, Path folder) throws IOException {
        this.with = with;
        PrivateFile.folders(folder);
        inbox = folder.toRealPath();
        taking = inbox.resolve(".taking");
        done = inbox.resolve("done");
        failed = inbox.resolve("failed");
        create();
    }

    /// Makes what is missing.
    void create() throws IOException {
        for (Path folder : List.of(inbox, taking, done, failed)) {
            if (Files.isSymbolicLink(folder)) {
                throw new IOException(
                        "%s is a link: expected a folder, as the agent makes it; nothing is taken"
                                .formatted(folder));
            }
            PrivateFile.folders(folder);
        }
    }

    Path inbox() {
        return inbox;
    }

    Path lockFile() {
        return taking.resolve(".lock");
    }

    /// The claims that a former life left behind, oldest first.
    List<Claim> leftovers() throws IOException {
        List<Claim> claims = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(taking)) {
            for (Path path : files) {
                Matcher parts = CLAIM.matcher(String.valueOf(path.getFileName()));
                if (parts.matches()) {
                    claims.add(claim(parts.group(1), parts.group(2), path, false));
                }
            }
        }
        claims.sort(Comparator.comparing(Claim::ulid));
        sync();
        return claims;
    }

    /// Claims a file; not durable before [#sync].
    Claim claim(String name, boolean hopeless) throws IOException {
        String ulid = with.ids().next().value();
        Path path = taking.resolve(ulid + "-" + name);
        with.reached(Step.BEFORE_CLAIM);
        Files.move(inbox.resolve(name), path, StandardCopyOption.ATOMIC_MOVE);
        with.reached(Step.CLAIMED);
        return claim(ulid, name, path, hopeless);
    }

    private Claim claim(String ulid, String name, Path path, boolean hopeless) {
        return new Claim(ulid, name, path, hopeless, new Completeness(with, path));
    }

    /// Makes all claims durable.
    void sync() throws IOException {
        with.files().sync(taking);
        with.files().sync(inbox);
    }

    /// @return false if there is a file of that name again
    boolean putBack(Claim claim) throws IOException {
        with.reached(Step.BEFORE_PUT_BACK);
        try {
            with.files().renameNoReplace(claim.path(), inbox.resolve(claim.name()));
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        with.reached(Step.PUT_BACK);
        return true;
    }

    void done(Claim claim) throws IOException {
        for (int number = 1; ; number++) {
            try {
                with.files().renameNoReplace(claim.path(), done.resolve(name(claim, number)));
                with.reached(Step.FILED);
                return;
            } catch (FileAlreadyExistsException e) {
                if (number > MOST_NUMBERED) {
                    throw e;
                }
            }
        }
    }

    /// The reason is written first: a file in `failed/` always has one.
    void failed(Claim claim, String reason) throws IOException {
        for (int number = 1; ; number++) {
            Path target = failed.resolve(name(claim, number));
            if (Files.exists(target)) {
                continue;
            }
            new ErrorNote(target, with.clock())
                    .show(reason, "Nothing of it has been sent. Correct it and drop it again.");
            with.reached(Step.REASON_WRITTEN);
            try {
                with.files().renameNoReplace(claim.path(), target);
                with.reached(Step.FILED);
                return;
            } catch (FileAlreadyExistsException e) {
                if (number > MOST_NUMBERED) {
                    throw e;
                }
            }
        }
    }

    /// `a.json`, `a-2.json`, ..., and when these are many, `a-<ulid>.json`.
    private static String name(Claim claim, int number) {
        if (number == 1) {
            return claim.name();
        }
        int dot = claim.name().lastIndexOf('.');
        return claim.name().substring(0, dot)
                + "-"
                + (number > MOST_NUMBERED ? claim.ulid() : Integer.toString(number))
                + claim.name().substring(dot);
    }
}
