package io.steward.messages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// Cases in a resource: `== kind: name`, the lines of the input, `--`, the expected words. In the
/// input `\{FF FE}` stands for bytes.
final class Corpus {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    private Corpus() {}

    record Case(String kind, String name, byte[] input, String expected) {
        @Override
        public String toString() {
            return kind + ": " + name;
        }
    }

    static List<Case> read(String resource) throws IOException {
        String text;
        try (InputStream in =
                Objects.requireNonNull(Corpus.class.getResourceAsStream(resource), resource)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Case> cases = new ArrayList<>();
        for (String section : text.split("(?m)^== ")) {
            if (!section.isEmpty()) {
                int input = section.indexOf('\n') + 1;
                int end = section.indexOf("\n--\n", input);
                String[] title = section.substring(0, input - 1).split(": ", 2);
                cases.add(
                        new Case(
                                title[0],
                                title[1],
                                bytes(section.substring(input, end)),
                                section.substring(end + 4).strip()));
            }
        }
        return cases;
    }

    private static byte[] bytes(String input) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = 0;
        for (int open; (open = input.indexOf("\\{", at)) >= 0; ) {
            bytes.writeBytes(input.substring(at, open).getBytes(StandardCharsets.UTF_8));
            at = input.indexOf('}', open) + 1;
            bytes.writeBytes(HEX.parseHex(input.substring(open + 2, at - 1)));
        }
        bytes.writeBytes(input.substring(at).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
