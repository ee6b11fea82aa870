package io.steward.cli;

import io.steward.agent.broker.ServerConfig;
import io.steward.agent.identity.FleetKeys;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "broker",
        description = {
            "About a nats-server of your own, see docs/operate.md.",
            "",
            "  steward broker config --node central --tls-cert cert.pem --tls-key key.pem >"
                    + " nats.conf"
        },
        subcommands = BrokerCommand.Config.class)
final class BrokerCommand implements Callable<Integer> {
    private final Shell shell;

    BrokerCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected config; see \"%s broker --help\""
                        .formatted(shell.self()));
    }

    @Command(
            name = "config",
            description =
                    "Prints the configuration of a nats-server that lets in the members of the"
                            + " fleet and nobody else. The keys of the fleet are in the data folder"
                            + " of the node, and made there if there are none: the agent with that"
                            + " folder is the one that adopts.")
    static final class Config implements Callable<Integer> {
        private final Shell shell;
        @Mixin AgentOptions options = new AgentOptions();

        @Option(
                names = "--listen",
                paramLabel = "HOST:PORT",
                description = "Default: 0.0.0.0:4222, without TLS 127.0.0.1:4222.")
        @Nullable String listen;

        @Option(
                names = "--store",
                paramLabel = "DIR",
                description = "Where the server keeps what it stores: /var/lib/nats.")
        Path store = Path.of("/var/lib/nats");

        @Option(
                names = "--tls-cert",
                paramLabel = "FILE",
                description = "The server's certificate, PEM.")
        @Nullable Path certificate;

        @Option(names = "--tls-key", paramLabel = "FILE", description = "The key of it, PEM.")
        @Nullable Path key;

        @Option(
                names = "--no-tls",
                description = "Without TLS: on loopback, or where a VPN protects it.")
        boolean plain;

        Config(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() throws IOException {
            if (plain == (certificate != null) || (certificate == null) != (key == null)) {
                throw new CliException(
                        Exit.USAGE,
                        "expected --tls-cert and --tls-key, or --no-tls for a broker on loopback or"
                                + " behind a VPN");
            }
            Settings settings = options.load(shell, Mode.AGENT);
            Path folder = FleetKeys.folder(settings.data());
            boolean made = !FleetKeys.areIn(folder);
            FleetKeys keys = FleetKeys.of(folder, InstantSource.system());
            shell.out()
                    .print(
                            new ServerConfig(
                                            where(),
                                            store.toAbsolutePath().normalize(),
                                            absolute(certificate),
                                            absolute(key),
                                            settings.broker().domain())
                                    .text(keys));
            shell.out().flush();
            shell.warn(
                    "%s the keys of the fleet: %s. Who has them has every node; keep a copy where nobody else comes."
                            .formatted(made ? "Made" : "Used", folder));
            return Exit.OK;
        }

        private String where() {
            return listen != null ? listen : plain ? "127.0.0.1:4222" : "0.0.0.0:4222";
        }

        private @Nullable Path absolute(@Nullable Path file) {
            return file == null ? null : shell.folder().resolve(file).normalize();
        }
    }
}
