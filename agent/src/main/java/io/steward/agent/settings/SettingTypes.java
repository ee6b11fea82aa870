package io.steward.agent.settings;

import io.steward.agent.settings.Settings.HostAndPort;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The types of the settings.
final class SettingTypes {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s]+):(\\d+)");
    private static final int MAX_PORT = 65_535;

    static final SettingType<NodeName> NODE =
            one("a node name: 1 to 64 characters of A-Z a-z 0-9 _ -", NodeName::new);
    static final SettingType<Path> PATH =
            new SettingType<>(
                    "a path",
                    false,
                    (texts, base) -> base.resolve(require(texts.getFirst(), t -> !t.isBlank())));
    static final SettingType<Boolean> BOOLEAN =
            one(
                    "true or false",
                    text ->
                            Boolean.valueOf(
                                    require(text, t -> t.equals("true") || t.equals("false"))));
    static final SettingType<String> SYNC =
            one(
                    "always, or a duration of at least 1s",
                    text -> {
                        if (!text.equals("always")) {
                            require(
                                    Durations.parse(text),
                                    d -> d.compareTo(Duration.ofSeconds(1)) >= 0);
                        }
                        return text;
                    });

    /// Any: what is wrong with it is said where it is used, without repeating it.
    static final SettingType<String> JOIN = one("a join token", text -> text);

    static final SettingType<String> TOKEN =
            one("1 to 64 characters of A-Z a-z 0-9 _ -", SettingTypes::token);
    static final SettingType<List<String>> TOKENS =
            list("words of 1 to 64 characters of A-Z a-z 0-9 _ -", SettingTypes::token);
    static final SettingType<HttpSettings> ADDRESS_AND_PORT =
            one("HOST:PORT, for example 127.0.0.1:8787", SettingTypes::address);
    static final SettingType<HostAndPort> HOST_AND_PORT =
            one(
                    "HOST:PORT, for example 0.0.0.0:8788",
                    text -> {
                        HttpSettings parts = address(text);
                        return new HostAndPort(parts.host(), parts.port());
                    });
    static final SettingType<List<String>> HOST_NAMES =
            list(
                    "host names",
                    text -> require(text, t -> t.matches("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")));
    static final SettingType<List<String>> VARIABLES =
            list(
                    "names of environment variables",
                    text -> require(text, t -> t.matches("[A-Za-z_][A-Za-z0-9_]*")));
    static final SettingType<List<URI>> BROKERS =
            list(
                    "addresses of NATS servers such as nats://host:4222 (nats, tls, ws or wss)",
                    text -> uri(text, Set.of("nats", "tls", "ws", "wss"), false));
    static final SettingType<URI> SYSLOG =
            one(
                    "udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT",
                    text -> uri(text, Set.of("udp", "tcp", "tls"), true));

    private SettingTypes() {}

    static SettingType<Integer> whole(int least, int most) {
        return one(
                "a whole number from %d to %d".formatted(least, most),
                text -> require(Integer.valueOf(text), n -> n >= least && n <= most));
    }

    static SettingType<Long> number(long least, long most) {
        return one(
                "a whole number from %d to %d".formatted(least, most),
                text -> require(Long.valueOf(text), n -> n >= least && n <= most));
    }

    static SettingType<Long> size(String least, String most) {
        long from = ByteSize.parse(least);
        long to = ByteSize.parse(most);
        return one(
                "a size from %s to %s, for example 64MiB".formatted(least, most),
                text -> require(ByteSize.parse(text), n -> n >= from && n <= to));
    }

    static SettingType<Duration> duration(String least, String most) {
        Duration from = Durations.parse(least);
        Duration to = Durations.parse(most);
        return one(
                "a duration from %s to %s, for example 90s or 1h30m".formatted(least, most),
                text ->
                        require(
                                Durations.parse(text),
                                d -> d.compareTo(from) >= 0 && d.compareTo(to) <= 0));
    }

    private static HttpSettings address(String text) {
        Matcher parts = ADDRESS.matcher(text);
        require(text, t -> parts.matches());
        String host = parts.group(1);
        int port =
                require(
                        parts.group(2).length() > 5 ? -1 : Integer.parseInt(parts.group(2)),
                        SettingTypes::isPort);
        return new HttpSettings(
                true,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                true);
    }

    private static String token(String text) {
        return require(text, t -> t.matches("[A-Za-z0-9_-]{1,64}"));
    }

    private static URI uri(String text, Set<String> schemes, boolean portNeeded) {
        URI uri = URI.create(text);
        require(uri, u -> u.getScheme() != null && schemes.contains(u.getScheme()));
        require(uri, u -> u.getHost() != null);
        return require(
                uri,
                u ->
                        (u.getPort() == -1 && !portNeeded)
                                || (u.getPort() > 0 && isPort(u.getPort())));
    }

    private static boolean isPort(int port) {
        return port >= 0 && port <= MAX_PORT;
    }

    private static <T> T require(T value, Predicate<T> rule) {
        if (!rule.test(value)) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static <T> SettingType<T> one(String expected, Function<String, T> parser) {
        return new SettingType<>(expected, false, (texts, base) -> parser.apply(texts.getFirst()));
    }

    private static <T> SettingType<List<T>> list(String expected, Function<String, T> parser) {
        return new SettingType<>(
                expected, true, (texts, base) -> texts.stream().map(parser).toList());
    }
}
