package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.cli.Console.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCliTest {
    @TempDir private Path folder;
    private Console console;
    private Path rules;
    private Path message;

    @BeforeEach
    void start() throws Exception {
        console = new Console(folder);
        rules = folder.resolve("rules.yaml");
        message = folder.resolve("message.json");
        Files.writeString(rules, "rules: [{name: central, from: central, outcome: allow}]");
        Files.writeString(
                message,
                "{\"toNode\": \"ship1\", \"commandOrEvent\": \"command\", \"method\":"
                        + " \"shellcommand\", \"data\": [\"id\"]}");
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private Run test(String... more) {
        String[] all = new String[more.length + 4];
        all[0] = "policy";
        all[1] = "test";
        all[2] = rules.toString();
        all[3] = message.toString();
        System.arraycopy(more, 0, all, 4, more.length);
        return console.run(all);
    }

    @Test
    void theRuleThatDecidesIsNamedAndARefusalExitsWithFive() {
        Run allowed = test("--from", "central");
        assertThat(allowed.exit()).isZero();
        assertThat(allowed.out()).contains("from central: allowed by rule central");
        Run refused = test("--from", "ship2");
        assertThat(refused.exit()).isEqualTo(5);
        assertThat(refused.out()).contains("from ship2: refused by rule (no rule)");
    }

    @Test
    void aFileWithAMistakeAndAMissingSenderExitWithTwo() throws Exception {
        assertThat(test().exit()).isEqualTo(2);
        Files.writeString(rules, "rules: [{name: a, outcome: maybe}]");
        Run run = test("--from", "central");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("line 1, column ", "expected allow or deny");
    }
}
