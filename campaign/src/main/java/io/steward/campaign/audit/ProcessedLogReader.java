package io.steward.campaign.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Reads a processed log with the older files of it, compressed or not.
final class ProcessedLogReader {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern OLD =
            Pattern.compile("processed-\\d{8}T\\d{6}Z-(\\d+)\\.jsonl(\\.gz)?");

    private ProcessedLogReader() {}

    static List<Line> read(Path folder) throws IOException {
        Map<Long, Path> old = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher name = OLD.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    // why: a crash may leave a file beside its compressed copy
                    old.merge(
                            Long.valueOf(name.group(1)),
                            file,
                            (one, other) -> one.toString().endsWith(".gz") ? one : other);
                }
            }
        }
        List<Line> lines = new ArrayList<>();
        for (Path file : old.values()) {
            read(file, lines);
        }
        Path current = folder.resolve("processed.jsonl");
        if (Files.exists(current)) {
            read(current, lines);
        }
        return lines;
    }

    private static void read(Path file, List<Line> lines) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        file.toString().endsWith(".gz")
                                                ? new GZIPInputStream(bytes)
                                                : bytes,
                                        StandardCharsets.UTF_8))) {
            int number = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                lines.add(line(file.getFileName() + ":" + ++number, text));
            }
        }
    }

    private static Line line(String place, String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return new Line(
                    place,
                    json.path("seq").asLong(),
                    json.path("message").path("id").asText(),
                    json.path("direction").asText().equals("sent"),
                    json.path("state").asText(),
                    json.path("ack").path("attempt").asInt());
        } catch (JsonProcessingException e) {
            return new Line(place + " (no JSON)", -1, "", false, "", 0);
        }
    }
}
