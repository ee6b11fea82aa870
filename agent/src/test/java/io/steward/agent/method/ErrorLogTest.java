package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Message;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ErrorLogTest {
    @TempDir Path data;

    @Test
    void aReportBecomesALine() throws IOException {
        try (ErrorLog log = new ErrorLog()) {
            Message message = Messages.to(log.spec(), "{\n  \"cause\": \"x\\ny\"\n}");
            assertThat(log.run(message, Messages.context(data))).isEqualTo(Outcome.succeeded());
            assertThat(data.resolve(ErrorLog.FILE))
                    .hasContent(
                            "{\"node\":\"central\",\"receivedAt\":\"2026-11-20T10:00:00Z\",\"id\":\"%s\",\"report\":{\"cause\":\"x\\ny\"}}\n"
                                    .formatted(message.id()));
        }
    }

    @Test
    void whatIsNoReportIsRefused() throws IOException {
        try (ErrorLog log = new ErrorLog()) {
            assertThat(log.run(Messages.to(log.spec(), "boom"), Messages.context(data)))
                    .isInstanceOf(Outcome.Refused.class);
            assertThat(data.resolve(ErrorLog.FILE)).doesNotExist();
        }
    }

    @Test
    void theFileIsRotated() throws IOException {
        try (ErrorLog log = new ErrorLog(200, 1)) {
            for (int i = 0; i < 4; i++) {
                log.run(Messages.to(log.spec(), "{\"i\":" + i + "}"), Messages.context(data));
            }
        }
        assertThat(data.resolve("errors.jsonl")).content().contains("{\"i\":3}");
        assertThat(data.resolve("errors.jsonl.1")).content().contains("{\"i\":2}");
        assertThat(data.resolve("errors.jsonl.2")).doesNotExist();
    }
}
