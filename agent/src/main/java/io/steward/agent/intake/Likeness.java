package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/// Gives a new file the owner, group and permissions of another, as far as the agent may.
final class Likeness {
    private Likeness() {}

    static void copy(Path from, Path to) {
        PosixFileAttributeView source = view(from);
        PosixFileAttributeView target = view(to);
        if (source == null || target == null) {
            return;
        }
        try {
            PosixFileAttributes wanted = source.readAttributes();
            PosixFileAttributes is = target.readAttributes();
            attempt(() -> target.setPermissions(wanted.permissions()));
            if (!is.group().equals(wanted.group())) {
                attempt(() -> target.setGroup(wanted.group()));
            }
            if (!is.owner().equals(wanted.owner())) {
                attempt(() -> target.setOwner(wanted.owner()));
            }
        } catch (IOException e) {
            // why: the likeness is a courtesy; a file with the agent's own attributes will do
            return;
        }
    }

    private static PosixFileAttributeView view(Path path) {
        return Files.getFileAttributeView(
                path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static void attempt(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            // why: as above; an agent that is not root may not give files away
            return;
        }
    }

    private interface Change {
        void make() throws IOException;
    }
}
