package io.steward.agent.identity;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Who a node is: its key, and that the fleet knows it. In the folder `identity` of its data:
/// `node.nk`, `membership.jwt`, and `node.creds`, which is made of both for the broker.
///
/// @param credentials the file with which it logs in
public record Identity(Key key, Membership membership, Path credentials) {
    private static final String KEY = "node.nk";
    private static final String MEMBERSHIP = "membership.jwt";
    private static final String NEXT_KEY = "next.nk";
    private static final String NEXT_MEMBERSHIP = "next.jwt";
    private static final String NEW = "new";

    /// The file with which a member logs in, whether there is one or not.
    public static Path credentials(Path data) {
        return folder(data).resolve("node.creds");
    }

    /// The folder of a node's data.
    public static Path folder(Path data) {
        return data.resolve("identity");
    }

    /// The key of a node; made, durably, where there is none.
    ///
    /// @throws IOException if it cannot be read or made; the message names the file
    public static Key key(Path data) throws IOException {
        PrivateFile.folders(folder(data));
        change(data);
        return KeyFile.of(folder(data).resolve(KEY), KeyKind.USER);
    }

    /// What is kept of a node that is a member.
    ///
    /// @throws java.nio.file.NoSuchFileException if it is none
    /// @throws IOException if a file cannot be read, or they do not belong together
    public static Identity read(Path data) throws IOException {
        change(data);
        Path file = folder(data).resolve(MEMBERSHIP);
        Membership member;
        try {
            member = Membership.of(PrivateFile.secret(file));
        } catch (IdentityException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        return of(data, member);
    }

    /// Keeps what makes a node a member, durably.
    ///
    /// @throws IOException if it cannot be kept, or is another key's
    public static Identity keep(Path data, Membership member) throws IOException {
        Identity identity = of(data, member);
        PrivateFile.keep(folder(data).resolve(MEMBERSHIP), member.token() + "\n");
        return identity;
    }

    /// The key that a member is to have instead of its own; made, durably, where there is none.
    ///
    /// @throws IOException if it cannot be read or made
    public static Key nextKey(Path data) throws IOException {
        return KeyFile.of(folder(data).resolve(NEXT_KEY), KeyKind.USER);
    }

    /// Whether another key was asked for, and the fleet has not answered.
    public static boolean hasNext(Path data) {
        return Files.exists(folder(data).resolve(NEXT_KEY))
                && !Files.exists(folder(data).resolve(NEXT_MEMBERSHIP));
    }

    /// From the next start on a member has the next key. It is [#isNew] until [#known].
    ///
    /// @param next of that key
    public static void keepNext(Path data, Membership next) throws IOException {
        PrivateFile.keep(folder(data).resolve(NEW), next.key().text() + "\n");
        PrivateFile.keep(folder(data).resolve(NEXT_MEMBERSHIP), next.token() + "\n");
    }

    /// Whether the fleet has not been told yet that the member has come with its key.
    public static boolean isNew(Path data) {
        return Files.exists(folder(data).resolve(NEW));
    }

    /// The fleet has been told.
    public static void known(Path data) throws IOException {
        Files.deleteIfExists(folder(data).resolve(NEW));
    }

    /// The key first, then what makes it a member: what ended in between goes on.
    private static void change(Path data) throws IOException {
        Path jwt = folder(data).resolve(NEXT_MEMBERSHIP);
        Path key = folder(data).resolve(NEXT_KEY);
        if (!Files.exists(jwt)) {
            return;
        }
        if (Files.exists(key)) {
            PrivateFile.move(key, folder(data).resolve(KEY));
        }
        PrivateFile.move(jwt, folder(data).resolve(MEMBERSHIP));
    }

    private static Identity of(Path data, Membership member) throws IOException {
        Key key = key(data);
        if (!member.key().equals(key.known())) {
            throw new IOException(
                    "%s makes %s a member, and the key of this machine is %s: was a file of another machine put there?"
                            .formatted(folder(data), member.key(), key));
        }
        Path credentials = credentials(data);
        PrivateFile.keep(credentials, Credentials.of(member.token(), key));
        return new Identity(key, member, credentials);
    }
}
