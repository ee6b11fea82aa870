package io.steward.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.Kernel;
import io.steward.messages.Output;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// What went wrong: here, and on the nodes that report to this one.
final class ErrorRoutes {
    private static final int PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;
    private static final int TAIL_BYTES = 4 * 1024 * 1024;
    private static final int PAYLOAD_SHOWN = 4 * 1024;

    private final Path errorFile;
    private final Kernel kernel;
    private final Journal journal;

    ErrorRoutes(Path data, Kernel kernel, Journal journal) {
        this.errorFile = data.resolve("errors.jsonl");
        this.kernel = kernel;
        this.journal = journal;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/errors", this::errors, "limit"),
                Route.get(Role.VIEWER, "/v1/dead-letters", this::deadLetters, "limit"));
    }

    /// `GET /v1/errors`: `here`, the error reports of this agent, and `nodes`, those that other
    /// nodes sent; each the oldest first.
    private void errors(Call call) throws IOException {
        int limit = call.number("limit", PAGE, LARGEST_PAGE);
        ObjectNode json = Json.object();
        ArrayNode here = json.putArray("here");
        List<ErrorReport> reports = kernel.errors();
        last(reports, limit).forEach(report -> here.add(Views.error(report)));
        ArrayNode nodes = json.putArray("nodes");
        for (String line : last(tail(), limit)) {
            try {
                nodes.add(Json.read(line.getBytes(StandardCharsets.UTF_8)));
            } catch (JacksonException e) {
                nodes.addObject().put("unreadable", line);
            }
        }
        call.answer(200, json);
    }

    /// `GET /v1/dead-letters`: what came and could not be decoded, the newest first.
    private void deadLetters(Call call) {
        ObjectNode json = Json.object();
        ArrayNode letters = json.putArray("deadLetters");
        for (DeadLetter letter : journal.deadLetters(call.number("limit", PAGE, LARGEST_PAGE))) {
            ObjectNode one = letters.addObject();
            one.put("at", Json.time(letter.at()));
            one.put("subject", letter.subject());
            one.put("sequence", letter.sequence());
            one.put("reason", letter.reason());
            one.put("bytes", letter.payload().length);
            Output payload = Output.of(letter.payload()).first(PAYLOAD_SHOWN);
            if (payload.isText()) {
                one.put("payload", payload.text());
            } else {
                one.put("payloadBase64", Base64.getEncoder().encodeToString(payload.bytes()));
            }
        }
        call.answer(200, json);
    }

    /// The lines at the end of the file, as many as are within the bound.
    private List<String> tail() throws IOException {
        if (!Files.exists(errorFile)) {
            return List.of();
        }
        try (RandomAccessFile file = new RandomAccessFile(errorFile.toFile(), "r")) {
            long length = file.length();
            long from = Math.max(0, length - TAIL_BYTES);
            byte[] bytes = new byte[(int) (length - from)];
            file.seek(from);
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            String whole = from == 0 ? text : text.substring(text.indexOf('\n') + 1);
            return Arrays.stream(whole.split("\n")).filter(line -> !line.isBlank()).toList();
        }
    }

    private static <T> List<T> last(List<T> all, int limit) {
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }
}
