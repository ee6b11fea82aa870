package io.steward.agent.method;

import io.steward.messages.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Syslog messages in the form of RFC 5424. A line that has it already is left as it is; any other
/// becomes the text of a message of facility user and severity info, from the node that sent it,
/// with the domain as the name of the application.
final class SyslogMessage {
    private static final Pattern RFC_5424 = Pattern.compile("<(\\d{1,3})>1 .*", Pattern.DOTALL);
    private static final int HIGHEST_PRIORITY = 191;
    private static final int LONGEST_APP_NAME = 48;

    private SyslogMessage() {}

    /// One for each line; empty lines say nothing and are left out.
    static List<byte[]> of(Message message) {
        List<byte[]> encoded = new ArrayList<>();
        for (String item : message.data()) {
            item.lines()
                    .filter(line -> !line.isEmpty())
                    .map(line -> isSyslog(line) ? line : header(message) + line)
                    .forEach(line -> encoded.add(line.getBytes(StandardCharsets.UTF_8)));
        }
        return encoded;
    }

    private static boolean isSyslog(String line) {
        Matcher matcher = RFC_5424.matcher(line);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) <= HIGHEST_PRIORITY;
    }

    private static String header(Message message) {
        String domain = message.subject().domain();
        return "<14>1 %s %s %s - - - "
                .formatted(
                        message.createdAt(),
                        message.from(),
                        domain.substring(0, Math.min(domain.length(), LONGEST_APP_NAME)));
    }
}
