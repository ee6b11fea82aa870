package io.steward.bench;

import io.steward.agent.method.Cancellation;
import io.steward.agent.method.exec.Ending;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.method.exec.Request;
import io.steward.agent.method.exec.Result;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// What is under Steward beside the broker: starting a program, and a durable write.
final class BareParts {
    private static final int TIMES = 300;

    private BareParts() {}

    /// Starts `true` as the product does, and waits for it.
    static Latency runner(Path folder) throws Exception {
        MessageIds ids = new MessageIds(InstantSource.system());
        try (ProcessRunner runner = ProcessRunner.forThisSystem()) {
            return Latency.of(
                    TIMES,
                    TIMES,
                    _ -> {
                        MessageId id = ids.next();
                        Result result =
                                runner.run(
                                        new Request(
                                                id,
                                                List.of("true"),
                                                folder,
                                                System.getenv(),
                                                Duration.ofSeconds(10),
                                                Duration.ofSeconds(1),
                                                100_000,
                                                null),
                                        new Cancellation());
                        if (!result.ending().equals(new Ending.Exited(0))) {
                            throw new IOException("true has failed: " + result.ending());
                        }
                    });
        }
    }

    /// Starts `true` as Java does, and waits for it.
    static Latency processBuilder() throws Exception {
        return Latency.of(
                TIMES,
                TIMES,
                _ -> {
                    Process process =
                            new ProcessBuilder("true")
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                                    .start();
                    if (process.waitFor() != 0) {
                        throw new IOException("true has failed");
                    }
                });
    }

    /// Writes one row of so many bytes to SQLite, durably.
    static Latency commit(Path folder, byte[] bytes) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("bare.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, body BLOB)");
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO message (body) VALUES (?)")) {
                return Latency.of(
                        TIMES,
                        1_000,
                        _ -> {
                            insert.setBytes(1, bytes);
                            insert.executeUpdate();
                        });
            }
        }
    }
}
