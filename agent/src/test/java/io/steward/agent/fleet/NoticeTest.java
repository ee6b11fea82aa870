package io.steward.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticeTest {
    private static final NodeName FROM = new NodeName("ship1");
    private static final MessageId ID = new MessageId("01K00000000000000000000000");
    private static final Instant NOW = Instant.parse("2026-11-20T08:30:00.123456Z");

    private static Notice notice(String topic, String... data) {
        return new Notice(ID, FROM, topic, List.of(data), "cloud=eu", NOW);
    }

    private static Notice read(String content) {
        return Notice.of(FROM, content.getBytes(UTF_8));
    }

    @Test
    void itIsReadAsItWasWritten() {
        Notice notice = notice("weather", "storm", "", "é\n\u0000\"");
        assertThat(read(notice.content())).isEqualTo(notice);
        assertThat(notice.createdAt()).isEqualTo(Instant.parse("2026-11-20T08:30:00.123Z"));
    }

    @Test
    void aFieldThatIsNotKnownIsLeftOut() {
        Notice notice = notice("weather");
        assertThat(read(notice.content().replace("{\"v\"", "{\"new\":[1],\"v\"")))
                .isEqualTo(notice);
    }

    @Test
    void whatIsNoNoticeSaysWhy() {
        String content = notice("weather", "storm").content();
        for (String[] each :
                new String[][] {
                    {"", "v is"},
                    {"[]", "v is"},
                    {"{", "no JSON"},
                    {"{}", "v is"},
                    {content.replace("\"v\":1", "\"v\":2"), "v is 2, expected 1"},
                    {content.replace(ID.value(), "x"), "x"},
                    {content.replace("\"weather\"", "7"), "topic: expected text"},
                    {content.replace("weather", "a.b"), "no topic"},
                    {content.replace("\"storm\"", "[]"), "data: expected text"},
                    {content.replace("\"cloud=eu\"", "null"), "target: expected text"},
                    {content.replace("2026-", "then-"), "createdAt"},
                }) {
            assertThatThrownBy(() -> read(each[0]))
                    .as(each[0])
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(each[1]);
        }
    }

    @Test
    void itHasABound() {
        assertThat(notice("weather", "x".repeat(Notice.MAX_BYTES - 200)).data()).hasSize(1);
        assertThatThrownBy(() -> notice("weather", "x".repeat(Notice.MAX_BYTES)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 65536");
        // each becomes six bytes
        assertThatThrownBy(() -> notice("weather", "\u0001".repeat(Notice.MAX_BYTES / 5)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> notice("t".repeat(65)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
