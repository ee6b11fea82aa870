package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EmbeddedFolderTest {
    private static final String START =
            """
            [7] 2026/11/21 18:00:00.000001 [ERR] of the run before
            [8] 2026/11/21 18:00:01.000001 [INF] Starting nats-server
            [8] 2026/11/21 18:00:01.000002 [INF]  _ ___ _____ ___ _____ ___ ___   _   __  __
            [8] 2026/11/21 18:00:01.000003 [INF]   Version:  2.15.1
            [8] 2026/11/21 18:00:01.000003 [WRN] Plaintext passwords detected, use nkeys or bcrypt
            [8] 2026/11/21 18:00:01.000004 [INF] Listening for client connections
            [8] 2026/11/21 18:00:01.000005 [INF] Server is ready
            """;

    @Test
    void itsLastWordsAreNotItsBanner() {
        assertThat(EmbeddedFolder.lastWords(START))
                .contains("Plaintext", "; ", "Server is ready")
                .doesNotContain("___", "the run before", "\n");
        assertThat(EmbeddedFolder.lastWords("")).isEmpty();
    }

    @Test
    void itsLastWordsAreWhatWentWrong() {
        assertThat(
                        EmbeddedFolder.lastWords(
                                "panic: out of luck\ngoroutine 1\n"
                                        + START
                                        + "[8] 2026/11/21 18:00:09.1 [WRN] disk is slow\n"
                                        + "[8] 2026/11/21 18:00:09.2 [INF] goes on\n"))
                .isEqualTo("panic: out of luck; [8] 2026/11/21 18:00:09.1 [WRN] disk is slow");
    }
}
