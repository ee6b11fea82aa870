package io.steward.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.steward.messages.InputDecoder.Format;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InputDecoderTest {
    private static final String EXAMPLE =
            """
            [
              {
                "toNode": "ship1",
                "commandOrEvent": "command",
                "method": "shellcommand",
                "domain": "operatingsystem",
                "data": ["bash", "-c", "ls -l ../"],
                "ackTimeout": "10s",
                "retries": 3,
                "methodTimeout": "30s"
              }
            ]
            """;
    private static final String FULL =
            """
            {"toNodes": ["ship1", "ship2"], "commandOrEvent": "event", "method": "textlogging",
             "domain": "nginx", "data": ["é 😀 \\ud83d\\ude00", ""], "ackTimeout": 1.5, "retries": 7,
             "methodTimeout": 60, "expires": "2026-11-20T19:00:00+01:00", "ordered": false,
             "onInterrupt": "report", "maxAttempts": 1, "labels": {"ticket": "4711", "": "x"},
             "reply": {"toNode": "central", "method": "textlogging", "domain": "d", "data": ["a"]}}
            """
                    .replace(", \"\": \"x\"", "");

    private static List<MessageRequest> json(String text) throws InputException {
        return InputDecoder.decode(text.getBytes(UTF_8), Format.JSON);
    }

    private static List<MessageRequest> yaml(String text) throws InputException {
        return InputDecoder.decode(text.getBytes(UTF_8), Format.YAML);
    }

    private static MessageRequest example(@org.jspecify.annotations.Nullable String domain) {
        return new MessageRequest(
                2,
                3,
                List.of(new NodeName("ship1")),
                MessageType.COMMAND,
                "shellcommand",
                domain,
                List.of("bash", "-c", "ls -l ../"),
                Duration.ofSeconds(10),
                3,
                Duration.ofSeconds(30),
                new Expiry.After(Duration.ofDays(7)),
                true,
                OnInterrupt.AUTO,
                3,
                null,
                Map.of(),
                false,
                null);
    }

    @Test
    void theExampleOfTheDesignIsReadAsItStands() throws InputException {
        assertThat(json(EXAMPLE)).containsExactly(example("operatingsystem"));
    }

    @Test
    void theDomainMayBeLeftOut() throws InputException {
        String without = EXAMPLE.replace("    \"domain\": \"operatingsystem\",\n", "");

        assertThat(json(without)).containsExactly(example(null));
    }

    @Test
    void everyFieldIsRead() throws InputException {
        assertThat(json(FULL))
                .containsExactly(
                        new MessageRequest(
                                1,
                                1,
                                List.of(new NodeName("ship1"), new NodeName("ship2")),
                                MessageType.EVENT,
                                "textlogging",
                                "nginx",
                                List.of("é 😀 😀", ""),
                                Duration.ofMillis(1_500),
                                7,
                                Duration.ofMinutes(1),
                                new Expiry.At(Instant.parse("2026-11-20T18:00:00Z")),
                                false,
                                OnInterrupt.REPORT,
                                1,
                                new Reply(
                                        new NodeName("central"), "textlogging", "d", List.of("a")),
                                Map.of("ticket", "4711"),
                                false,
                                null));
    }

    @Test
    void aScheduleIsRead() throws InputException {
        String line =
                """
                {"toNode": "ship1", "commandOrEvent": "command", "method": "ping", "schedule": %s}
                """;
        assertThat(
                        json(line.formatted(
                                        """
                                        {"name": "night", "cron": "0 3 * * 1-5", "zone": "Europe/Oslo", "splay": "10m",
                                         "end": "2027-01-01T00:00:00Z", "catchUp": "once", "maxLateness": "2h"}
                                        """))
                                .getFirst()
                                .schedule())
                .isEqualTo(
                        new Schedule(
                                "night",
                                new Rhythm.At(Cron.parse("0 3 * * 1-5"), ZoneId.of("Europe/Oslo")),
                                Duration.ofMinutes(10),
                                new Expiry.At(Instant.parse("2027-01-01T00:00:00Z")),
                                CatchUp.ONCE,
                                Duration.ofHours(2)));
        assertThat(
                        json(line.formatted("{\"every\": \"15m\", \"end\": \"30d\"}"))
                                .getFirst()
                                .schedule())
                .isEqualTo(
                        new Schedule(
                                null,
                                new Rhythm.Every(Duration.ofMinutes(15)),
                                Duration.ZERO,
                                new Expiry.After(Duration.ofDays(30)),
                                CatchUp.SKIP,
                                null));
    }

    @Test
    void withoutAZoneItIsTheOneOfTheMachine() throws InputException {
        MessageRequest request =
                json("""
                {"toNode": "ship1", "commandOrEvent": "command", "method": "ping",
                 "schedule": {"cron": "@daily"}}
                """)
                        .getFirst();
        assertThat(request.schedule())
                .extracting(Schedule::rhythm)
                .isEqualTo(new Rhythm.At(Cron.parse("@daily"), ZoneId.systemDefault()));
    }

    @Test
    void whatIsEncodedIsReadAgain() throws InputException {
        long seed = System.nanoTime();
        Generator generator = new Generator(seed);
        for (int n = 0; n < 2_000; n++) {
            MessageRequest request = n % 2 == 0 ? generator.request() : generator.scheduled();
            MessageRequest read = json(InputEncoder.encode(request)).getFirst();
            assertThat(read.schedule())
                    .as("seed %d, case %d", seed, n)
                    .isEqualTo(request.schedule());
            assertThat(InputEncoder.encode(read))
                    .as("seed %d, case %d", seed, n)
                    .isEqualTo(InputEncoder.encode(request));
            if (request.schedule() == null) {
                assertThat(read).as("seed %d, case %d", seed, n).isEqualTo(request);
            }
        }
    }

    @Test
    void jsonIsAlsoYaml() throws InputException {
        assertThat(yaml(EXAMPLE)).isEqualTo(json(EXAMPLE));
        assertThat(yaml(FULL)).isEqualTo(json(FULL));
    }

    @Test
    void yamlMayBeObjectsAndListsInSeveralDocuments() throws InputException {
        List<MessageRequest> requests =
                yaml(
                        """
                        # the first
                        toNode: ship1
                        commandOrEvent: command
                        method: shellcommand
                        data: [echo, "yes", 'no', "5", y, 2026-11-20, a b]
                        ackTimeout: 10s
                        methodTimeout: 0.5
                        expires: 2026-11-20T18:00:00Z
                        ordered: false
                        labels: {a: b}
                        ---
                        - toNode: ship1
                          commandOrEvent: event
                          method: textlogging
                          data:
                            - |
                              two
                              lines
                            - >-
                              one
                              line
                        - toNodes: [a, b]
                          commandOrEvent: event
                          method: ping
                        ...
                        ---
                        """);

        assertThat(requests)
                .extracting(MessageRequest::data)
                .containsExactly(
                        List.of("echo", "yes", "no", "5", "y", "2026-11-20", "a b"),
                        List.of("two\nlines\n", "one line"),
                        List.of());
        assertThat(requests).extracting(MessageRequest::line).containsExactly(2, 12, 22);
        assertThat(requests).extracting(MessageRequest::column).containsExactly(1, 3, 3);
        assertThat(requests.getFirst().expires())
                .isEqualTo(new Expiry.At(Instant.parse("2026-11-20T18:00:00Z")));
        assertThat(requests.getFirst().methodTimeout()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void objectsAndListsMayStandOneAfterAnother() throws InputException {
        assertThat(json(EXAMPLE + EXAMPLE.strip() + FULL + "[]" + FULL.strip()))
                .extracting(MessageRequest::line)
                .containsExactly(2, 14, 24, 29);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\r\n\t ", "\uFEFF", "\uFEFF\n", "[]", "[] []"})
    void nothingIsNoRequest(String nothing) throws InputException {
        assertThat(json(nothing)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# only a comment\n", "---\n", "---\n---\n", "[]"})
    void nothingInYamlIsNoRequest(String nothing) throws InputException {
        assertThat(yaml(nothing)).isEmpty();
    }

    @Test
    void aByteOrderMarkAtTheStartAndCrLfDoNoHarm() throws InputException {
        String dos = "\uFEFF" + EXAMPLE.replace("\n", "\r\n");

        assertThat(json(dos)).containsExactly(example("operatingsystem"));
        assertThat(yaml(dos)).containsExactly(example("operatingsystem"));
    }

    @Test
    void aTextCutAnywhereIsIncompleteAndNothingOfItIsTaken() throws InputException {
        byte[] whole = (FULL.strip() + "\n" + EXAMPLE.strip()).getBytes(UTF_8);
        int first = FULL.strip().getBytes(UTF_8).length;
        for (int cut = 1; cut < whole.length; cut++) {
            byte[] part = Arrays.copyOf(whole, cut);
            if (cut == first || cut == first + 1) {
                assertThat(InputDecoder.decode(part, Format.JSON)).hasSize(1);
                continue;
            }
            InputException error =
                    catchThrowableOfType(
                            InputException.class, () -> InputDecoder.decode(part, Format.JSON));
            assertThat(error).as("cut at byte %d", cut).isNotNull();
            assertThat(error.isIncomplete()).as("cut at byte %d: %s", cut, error).isTrue();
            assertThat(error.line()).isPositive();
        }
    }

    @Test
    void yamlCutAnywhereIsIncompleteOrReadsAsYaml() {
        byte[] whole =
                """
                - toNode: ship1
                  commandOrEvent: command
                  method: "shellcommand"
                  retries: 30
                  data: [bash, '-c', "é"]
                """
                        .getBytes(UTF_8);
        for (int cut = 1; cut < whole.length; cut++) {
            byte[] part = Arrays.copyOf(whole, cut);
            InputException error =
                    catchThrowableOfType(
                            InputException.class, () -> InputDecoder.decode(part, Format.YAML));
            assertThat(error == null || error.isIncomplete())
                    .as("cut at byte %d: %s", cut, error)
                    .isTrue();
        }
    }

    @Test
    void anInputThatIsTooLargeIsRefusedBeforeItIsRead() {
        byte[] large = new byte[Limits.MAX_INPUT_BYTES + 1];

        assertThatThrownBy(() -> InputDecoder.decode(large, Format.JSON))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "the input has %d bytes, at most %d are allowed: split it"
                                .formatted(large.length, Limits.MAX_INPUT_BYTES));
    }

    private static String command(String more) {
        return "{\"toNode\":\"ship1\",\"commandOrEvent\":\"command\",\"method\":\"m\"" + more + "}";
    }

    private static String strings(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"n" + i + "\"")
                .collect(Collectors.joining(","));
    }

    @Test
    void thereIsALimitToTheItemsOfData() throws InputException {
        assertThat(json(command(",\"data\":[" + strings(Limits.MAX_DATA_ITEMS) + "]"))).hasSize(1);
        assertThatThrownBy(() ->
                        json(command(",\"data\":[" + strings(Limits.MAX_DATA_ITEMS + 1) + "]")))
                .hasMessageContaining("data[10000]: too many items, at most 10000 are allowed");
    }

    @Test
    void thereIsALimitToTheLabels() throws InputException {
        String most = strings(Limits.MAX_LABELS).replace(",", ":\"\",") + ":\"\"";

        assertThat(json(command(",\"labels\":{" + most + "}")).getFirst().labels()).hasSize(64);
        assertThatThrownBy(() -> json(command(",\"labels\":{" + most + ",\"more\":\"\"}")))
                .hasMessageEndingWith("labels.more: too many labels, at most 64 are allowed");
        assertThatThrownBy(() -> json(command(",\"labels\":{\"a\":\"" + "x".repeat(1_025) + "\"}")))
                .hasMessageEndingWith("labels.a: 1025 characters, at most 1024 are allowed");
    }

    @Test
    void thereIsALimitToTheMessagesOfOneInput() throws InputException {
        String all =
                command("")
                        .replace("\"toNode\":\"ship1\"", "\"toNodes\":[" + strings(100_000) + "]");

        assertThat(json(all).getFirst().toNodes()).hasSize(Limits.MAX_MESSAGES);
        assertThatThrownBy(() -> json(all + "\n [" + command("") + "]"))
                .hasMessage(
                        "line 2, column 3: [0]: too many messages in one input, at most 100000 are"
                                + " allowed");
    }

    @Test
    void aMessageThatIsTooLargeOnTheWireIsRefused() throws InputException {
        int envelope =
                RequestSize.atMost(
                                json(command(",\"data\":[\"" + "\\\\".repeat(400_000) + "\"]"))
                                        .getFirst())
                        - 800_000;
        int most = (Limits.MAX_MESSAGE_BYTES - envelope) / 2;

        assertThat(json(command(",\"data\":[\"" + "\\\\".repeat(most) + "\"]"))).hasSize(1);
        assertThatThrownBy(() -> json(command(",\"data\":[\"" + "\\\\".repeat(most + 1) + "\"]")))
                .hasMessageStartingWith("line 1, column 1: the message has 100000")
                .hasMessageEndingWith("bytes on the wire, at most 1000000 are allowed");
    }

    @Test
    void longNamesStringsNumbersAndDeepNestingMeetOurLimitsFirst() {
        assertThatThrownBy(() -> json("{\"" + "n".repeat(1_000_000) + "\":1}"))
                .hasMessageStartingWith("line 1, column 2: unknown field \"nnn");
        assertThatThrownBy(() -> json("{\"toNode\":\"" + "n".repeat(30_000_000) + "\"}"))
                .hasMessageEndingWith("has 30000000 characters: at most 64 are allowed");
        assertThatThrownBy(() -> json("{\"retries\":" + "9".repeat(1_000_000) + "}"))
                .hasMessageEndingWith(
                        "... is out of range, expected a whole number from 0 to 1000000");
        assertThatThrownBy(() -> json("[".repeat(1_000_000)))
                .hasMessage("line 1, column 2: [0]: expected an object, found a list");
        assertThatThrownBy(() -> yaml("[".repeat(100_000)))
                .hasMessage("line 1, column 2: [0]: expected an object, found a list");
        assertThatThrownBy(() -> yaml("toNode: " + "n".repeat(1_000_000) + "\n"))
                .hasMessage(
                        "line 1, column 1000001: the line is too long, at most 1000000 characters"
                                + " are allowed");
    }

    @Test
    void theTimeGrowsWithTheInputOnly() throws InputException {
        String object = command(",\"data\":[\"x\",\"\"]");

        assertThat(json((object + "\n").repeat(50_000)).getLast().line()).isEqualTo(50_000);
        assertThat(yaml(("- " + object + "\n").repeat(20_000)).getLast().line()).isEqualTo(20_000);
    }

    @Test
    void theErrorSaysItsPartsOneByOne() {
        InputException error =
                catchThrowableOfType(
                        InputException.class,
                        () ->
                                json(
                                        "[\n "
                                                + command("")
                                                + ",\n "
                                                + command(",\"retries\":-1")
                                                + "]"));

        assertThat(error.line()).isEqualTo(3);
        assertThat(error.column()).isEqualTo(70);
        assertThat(error.field()).isEqualTo("[1].retries");
        assertThat(error.problem())
                .isEqualTo("-1 is out of range, expected a whole number from 0 to 1000000");
        assertThat(error.isIncomplete()).isFalse();
    }
}
