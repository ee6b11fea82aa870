package io.steward.agent.method.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A user of this machine, as passwd(5) has it.
///
/// @param uid the user id
/// @param gid the id of its own group
record Account(String name, long uid, long gid, String home) {
    private static final int FIELDS = 7;

    /// The account of a name.
    ///
    /// @param passwd the file of accounts
    /// @return empty if there is none of that name
    static Optional<Account> find(Path passwd, String name) throws IOException {
        for (String line : Files.readAllLines(passwd, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":", -1);
            if (fields.length == FIELDS
                    && fields[0].equals(name)
                    && isId(fields[2])
                    && isId(fields[3])) {
                return Optional.of(
                        new Account(
                                name,
                                Long.parseLong(fields[2]),
                                Long.parseLong(fields[3]),
                                fields[5]));
            }
        }
        return Optional.empty();
    }

    private static boolean isId(String text) {
        return text.matches("[0-9]{1,10}");
    }
}
