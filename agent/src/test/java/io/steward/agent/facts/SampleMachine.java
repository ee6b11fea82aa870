package io.steward.agent.facts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine of `NAME.machine` in the resources, unpacked into a folder. There `== PATH` begins a
/// file, `=> PATH TARGET` is a symbolic link, `^@` a NUL; the part `jdk` has what the JDK says, the
/// space of disks in MB.
final class SampleMachine implements Platform {
    private static final long MB = 1 << 20;

    private final Path root;
    private final Map<String, String> jdk = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    private SampleMachine(Path root) {
        this.root = root;
    }

    static SampleMachine unpack(String name, Path root) {
        String resource = name + ".machine";
        try (InputStream in = SampleMachine.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + resource);
            }
            SampleMachine machine = new SampleMachine(root);
            machine.unpack(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return machine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void unpack(String text) throws IOException {
        List<String> links = new ArrayList<>();
        for (String part : text.split("(?m)^== ")) {
            StringBuilder content = new StringBuilder();
            part.lines()
                    .skip(1)
                    .forEach(line -> {
                        if (line.startsWith("=> ")) {
                            links.add(line);
                        } else {
                            content.append(line).append('\n');
                        }
                    });
            String path = part.lines().findFirst().orElse("");
            if (path.equals("jdk")) {
                content.toString()
                        .lines()
                        .map(line -> line.split("=", 2))
                        .forEach(pair -> jdk.put(pair[0], pair[1]));
            } else if (!path.isEmpty()) {
                write(path, content.toString().replace("^@", "\0"));
            }
        }
        for (String link : links) {
            String[] words = link.split(" ");
            Files.createSymbolicLink(root.resolve(words[1].substring(1)), Path.of(words[2]));
        }
    }

    private void write(String path, String content) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    Facts gather() {
        Path data = Path.of(jdk.getOrDefault("data", "/opt/no-such-folder/steward"));
        return new FactSource(root, data, "1.2", this).gather();
    }

    /// The folders whose space was asked for.
    List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public @Nullable String property(String name) {
        return switch (name) {
            case "os.name" -> "Linux";
            case "os.arch" -> jdk.get("arch");
            case "user.name" -> jdk.get("user");
            default -> null;
        };
    }

    @Override
    public @Nullable String environment(String name) {
        return jdk.get("environment." + name);
    }

    @Override
    public String java() {
        return "25.0.1";
    }

    @Override
    public int processors() {
        return Integer.parseInt(jdk.getOrDefault("processors", "1"));
    }

    @Override
    public ZoneId zone() {
        return ZoneId.of(jdk.getOrDefault("zone", "UTC"));
    }

    @Override
    public List<Interface> interfaces() throws UnknownHostException {
        List<Interface> interfaces = new ArrayList<>();
        for (Map.Entry<String, String> entry : jdk.entrySet()) {
            if (entry.getKey().startsWith("interface.")) {
                List<InetAddress> addresses = new ArrayList<>();
                for (String address : entry.getValue().split(" ")) {
                    addresses.add(InetAddress.ofLiteral(address));
                }
                String name = entry.getKey().substring("interface.".length());
                interfaces.add(new Interface(name, addresses));
            }
        }
        return interfaces;
    }

    @Override
    public @Nullable Space space(Path folder) {
        String path = "/" + root.relativize(folder);
        asked.add(path);
        String space = jdk.get("disk." + path);
        if (space == null) {
            return null;
        }
        long[] mb = Arrays.stream(space.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Space(mb[0] * MB, mb[1] * MB, mb[2] * MB);
    }
}
