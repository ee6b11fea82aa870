package io.steward.agent.identity;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;

/// Who a node is: its key, and that the fleet knows it. In the folder `identity` of its data:
/// `node.nk`, `membership.jwt`, and `node.creds`, which is made of both for the broker.
///
/// @param credentials the file with which it logs in
public record Identity(Key key, Membership membership, Path credentials) {

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
        return KeyFile.of(folder(data).resolve("node.nk"), KeyKind.USER);
    }

    /// What is kept of a node that is a member.
    ///
    /// @throws java.nio.file.NoSuchFileException if it is none
    /// @throws IOException if a file cannot be read, or they do not belong together
    public static Identity read(Path data) throws IOException {
        Path file = folder(data).resolve("membership.jwt");
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
        PrivateFile.keep(folder(data).resolve("membership.jwt"), member.token() + "\n");
        return identity;
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
