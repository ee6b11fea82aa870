package io.steward.agent.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;

/// What the API says of the program that serves it.
///
/// @param version of the program
/// @param startedAt when the agent was started
public record AgentInfo(String version, Instant startedAt) {

    /// Of this program, started now.
    public static AgentInfo now() {
        return new AgentInfo(programVersion(), Instant.now());
    }

    /// The version of this program, as the build has it.
    public static String programVersion() {
        try (InputStream in = AgentInfo.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
