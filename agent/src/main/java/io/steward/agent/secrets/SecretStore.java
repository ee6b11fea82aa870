package io.steward.agent.secrets;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The secrets of one node: the files of the folder `secrets` in the data folder, and the variables
/// `STEWARD_SECRET_...` of the agent. Read each time they are needed, so that a new value holds at
/// once. Thread-safe.
public final class SecretStore {
    private static final String SCHEME = "secret://";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Pattern REFERENCE = Pattern.compile("secret://([A-Za-z0-9_-]*)");

    /// What the variables of the agent begin with that are secrets.
    public static final String VARIABLE = "STEWARD_SECRET_";

    /// What is shorter stands in too much that is not it, to be masked.
    private static final int SHORTEST = 4;

    private static final int LONGEST = 64 * 1_024;

    private final Path folder;
    private final Map<String, String> environment;

    /// @param dataFolder the agent's; `secrets` below it need not be there
    /// @param environment the agent's
    public SecretStore(Path dataFolder, Map<String, String> environment) {
        this.folder = dataFolder.resolve("secrets");
        this.environment = Map.copyOf(environment);
    }

    /// Data with every reference replaced.
    ///
    /// @param mask hides the values that were put in
    public record Resolved(List<String> data, Mask mask) {
        public Resolved {
            data = List.copyOf(data);
        }

        /// What it holds is secret.
        @Override
        public String toString() {
            return "Resolved[%d texts]".formatted(data.size());
        }
    }

    /// A file of the store.
    ///
    /// @param problem why it cannot be used; null if it can
    public record Listed(String name, @Nullable String problem) {}

    /// Replaces every `secret://NAME` in the arguments of a command. What is put in is not looked
    /// through again.
    ///
    /// @param data the program, which is taken as it is and may hold none, and its arguments
    /// @throws SecretException if one is not known, may be used by others, or cannot be masked
    public Resolved resolve(List<String> data) throws SecretException {
        if (data.stream().noneMatch(text -> text.contains(SCHEME))) {
            return new Resolved(data, Mask.NONE);
        }
        if (data.getFirst().contains(SCHEME)) {
            throw new SecretException(
                    "\"%s\" is the program, and that cannot be a secret: expected it in an argument"
                            .formatted(data.getFirst()));
        }
        Map<String, String> values = new LinkedHashMap<>();
        List<String> resolved = new ArrayList<>(data.size());
        for (int i = 0; i < data.size(); i++) {
            resolved.add(resolve(data.get(i), i + 1, values));
        }
        return new Resolved(resolved, Mask.of(values.values()));
    }

    private String resolve(String text, int place, Map<String, String> values)
            throws SecretException {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1);
            String value = values.get(name);
            if (value == null) {
                value = checked(name, place);
                values.put(name, value);
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private String checked(String name, int place) throws SecretException {
        String reference = "secret://%s in text %d of data".formatted(name, place);
        if (!NAME.matcher(name).matches()) {
            throw new SecretException(
                    reference
                            + ": expected a name behind secret://, of 1 to 64 letters, digits, _"
                            + " and -, that begins with a letter or a digit");
        }
        String value = value(name, reference);
        int length = value.codePointCount(0, value.length());
        if (length < SHORTEST || value.length() > LONGEST || value.indexOf('\0') >= 0) {
            throw new SecretException(
                    value.indexOf('\0') >= 0
                            ? reference + ": the value holds a NUL, which no argument can"
                            : "%s: the value has %d characters: expected %d to %d, as what is shorter cannot be masked"
                                    .formatted(reference, length, SHORTEST, LONGEST));
        }
        return value;
    }

    private String value(String name, String reference) throws SecretException {
        Path file = folder.resolve(name);
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            String variable = variable(name);
            String value = environment.get(variable);
            if (value == null) {
                throw new SecretException(
                        "%s: this node has no such secret: expected it in the file %s (mode 0600), or in the variable %s of the agent"
                                .formatted(reference, file, variable));
            }
            return value;
        } catch (IOException e) {
            throw new SecretException(reference + ": " + e.getMessage());
        }
    }

    private static String variable(String name) {
        return VARIABLE + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private String read(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(file.toString());
        }
        requireOwn(folder);
        Set<PosixFilePermission> may =
                Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (may.contains(PosixFilePermission.GROUP_WRITE)
                || may.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(folder + " may be written by others: expected mode 0700");
        }
        requireOwn(file);
        if (Files.size(file) > LONGEST) {
            throw new IOException(
                    "%s has %d bytes: expected at most %d"
                            .formatted(file, Files.size(file), LONGEST));
        }
        try {
            return PrivateFile.secret(file);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IOException(file + " is no text in UTF-8", e);
        }
    }

    /// Whoever owns a file can let others write to it.
    private static void requireOwn(Path path) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(own)) {
            throw new IOException(
                    "%s belongs to user id %s: expected %s, the one that the agent runs as"
                            .formatted(path, owner, own));
        }
    }

    /// The files of the store by their names, with what is wrong with them; no values. Those of
    /// variables are not among them.
    ///
    /// @throws IOException if the folder cannot be read
    public List<Listed> list() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
        return names.stream().map(name -> new Listed(name, problem(name))).toList();
    }

    private @Nullable String problem(String name) {
        if (!NAME.matcher(name).matches()) {
            return "no name of a secret: expected letters, digits, _ and -";
        }
        try {
            int length = read(folder.resolve(name)).length();
            return length < SHORTEST
                    ? "the value has %d characters: expected %d or more".formatted(length, SHORTEST)
                    : null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
