package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.cli.Steward.Run;
import io.steward.cli.Steward.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The life of a token of the API, with the agent killed after each step.
@Timeout(180)
class TokenIT {
    @TempDir private Path folder;
    private Steward steward;
    private Running up;

    @BeforeEach
    void startAnAgent() throws Exception {
        steward = new Steward(folder);
        up = up();
    }

    @AfterEach
    void stop() throws Exception {
        steward.close();
    }

    private Running up() throws Exception {
        Running started =
                steward.start(
                        "up",
                        "--node",
                        "central",
                        "--data",
                        steward.data("central").toString(),
                        "--broker-port",
                        "0",
                        "--http",
                        "127.0.0.1:0");
        started.awaitSaid("Ctrl-C");
        return started;
    }

    private void killAndStart() throws Exception {
        up.process().destroyForcibly().waitFor();
        up = up();
    }

    @Test
    void aTokenOutlivesTheAgentAndItsEndDoesToo() throws Exception {
        String viewer = made("watch", "viewer");
        String operator = made("ci", "operator");
        killAndStart();
        assertThat(steward.run("status", "--token", viewer).exit()).isZero();
        Run refused =
                steward.run("send-command", "central", "--token", viewer, "--", "echo", "hello");
        assertThat(refused.exit()).isEqualTo(Exit.REFUSED);
        assertThat(refused.err())
                .contains("The token watch has the role viewer: POST /v1/messages needs operator");
        Run sent =
                steward.run("send-command", "central", "--token", operator, "--", "echo", "hello");
        assertThat(sent.out()).isEqualTo("hello\n");
        Run more = steward.run("token", "make", "x", "--role", "admin", "--token", operator);
        assertThat(more.exit()).isEqualTo(Exit.REFUSED);
        assertThat(steward.run("token", "end", "ci").exit()).isZero();
        killAndStart();
        Run ended = steward.run("status", "--token", operator);
        assertThat(ended.exit()).isEqualTo(Exit.NO_AGENT);
        assertThat(ended.err()).contains("does not let you in", "was ended");
        assertThat(steward.run("token", "list").out()).contains("watch").doesNotContain("ci ");
        assertThat(Files.readString(steward.data("central").resolve("api-tokens.json")))
                .doesNotContain(viewer, operator);
        assertThat(steward.run("token", "end", "nobody").exit()).isEqualTo(Exit.NO_MATCH);
    }

    private String made(String name, String role) throws Exception {
        Run made = steward.run("token", "make", name, "--role", role);
        assertThat(made.exit()).as(made.err()).isZero();
        return made.out().strip();
    }
}
