package io.steward.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes seeds of the samples of the tests: `Seeds SAMPLES FOLDER` writes the input of each case
/// `== kind: name` of the file of samples into a file of its own.
public final class Seeds {
    private static final Pattern BYTES = Pattern.compile("\\\\\\{([0-9A-F ]*)}");
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    private Seeds() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[1]));
        int number = 0;
        for (String section : Files.readString(Path.of(args[0])).split("(?m)^== ")) {
            int input = section.indexOf('\n') + 1;
            int end = section.indexOf("\n--\n", input);
            if (end >= 0) {
                number++;
                Files.write(
                        folder.resolve("sample-" + number), bytes(section.substring(input, end)));
            }
        }
    }

    private static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Matcher escaped = BYTES.matcher(text);
        int at = 0;
        while (escaped.find()) {
            bytes.writeBytes(text.substring(at, escaped.start()).getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(HEX.parseHex(escaped.group(1)));
            at = escaped.end();
        }
        bytes.writeBytes(text.substring(at).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
