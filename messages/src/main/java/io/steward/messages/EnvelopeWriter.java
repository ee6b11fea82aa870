package io.steward.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;

/// Writes the fields of an envelope. `v` stands first, so that a reader knows what to make of the
/// rest.
final class EnvelopeWriter {
    private final JsonGenerator out;

    private EnvelopeWriter(JsonGenerator out) {
        this.out = out;
    }

    static void write(JsonGenerator out, Message message) throws IOException {
        new EnvelopeWriter(out).message(message);
    }

    static void write(JsonGenerator out, Ack ack) throws IOException {
        new EnvelopeWriter(out).ack(ack);
    }

    private void message(Message message) throws IOException {
        out.writeStartObject();
        out.writeNumberField("v", Message.VERSION);
        out.writeStringField("id", message.id().value());
        out.writeStringField("from", message.from().value());
        out.writeStringField("to", message.subject().node().value());
        out.writeStringField("type", message.subject().type().word());
        out.writeStringField("method", message.subject().method());
        out.writeStringField("domain", message.subject().domain());
        ReplyWriter.strings(out, "data", message.data());
        out.writeStringField("createdAt", Instants.format(message.createdAt()));
        out.writeStringField("expiresAt", Instants.format(message.expiresAt()));
        out.writeStringField("ackTimeout", Durations.format(message.ackTimeout()));
        out.writeNumberField("retries", message.retries());
        if (message.methodTimeout() != null) {
            out.writeStringField("methodTimeout", Durations.format(message.methodTimeout()));
        }
        out.writeBooleanField("ordered", message.ordered());
        out.writeStringField("onInterrupt", message.onInterrupt().word());
        out.writeNumberField("maxAttempts", message.maxAttempts());
        Reply reply = message.reply();
        if (reply != null) {
            ReplyWriter.write(out, reply);
        }
        out.writeObjectFieldStart("labels");
        for (Map.Entry<String, String> label : message.labels().entrySet()) {
            out.writeStringField(label.getKey(), label.getValue());
        }
        out.writeEndObject();
        if (message.follow()) {
            out.writeBooleanField("follow", true);
        }
        Ack ack = message.ack();
        if (ack != null) {
            out.writeFieldName("ack");
            ack(ack);
        }
        out.writeEndObject();
    }

    private void ack(Ack ack) throws IOException {
        out.writeStartObject();
        out.writeStringField("messageId", ack.messageId().value());
        out.writeStringField("node", ack.node().value());
        out.writeStringField("state", ack.state().word());
        if (ack.reason() != null) {
            out.writeStringField("reason", ack.reason());
        }
        if (ack.exitCode() != null) {
            out.writeNumberField("exitCode", ack.exitCode().intValue());
        }
        if (ack.signal() != null) {
            out.writeStringField("signal", ack.signal());
        }
        output("stdout", ack.stdout());
        output("stderr", ack.stderr());
        if (ack.stdoutAt() != 0) {
            out.writeNumberField("stdoutAt", ack.stdoutAt());
        }
        if (ack.stderrAt() != 0) {
            out.writeNumberField("stderrAt", ack.stderrAt());
        }
        out.writeBooleanField("truncated", ack.truncated());
        if (ack.startedAt() != null) {
            out.writeStringField("startedAt", Instants.format(ack.startedAt()));
        }
        if (ack.duration() != null) {
            out.writeNumberField("durationMs", ack.duration().toMillis());
        }
        out.writeNumberField("attempt", ack.attempt());
        if (ack.receivedAt() != null) {
            out.writeStringField("receivedAt", Instants.format(ack.receivedAt()));
        }
        out.writeEndObject();
    }

    /// Base64 is for what is not UTF-8, and for text of so many control characters that it would
    /// grow to more than twice its size.
    private void output(String field, Output output) throws IOException {
        if (output.isText()) {
            String text = output.text();
            if (output.size() + escapes(text) <= 2L * output.size()) {
                out.writeStringField(field, text);
                return;
            }
        }
        out.writeStringField(
                field + "Base64", java.util.Base64.getEncoder().encodeToString(output.bytes()));
    }

    private static long escapes(String text) {
        long more = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            more +=
                    switch (c) {
                        case '"', '\\', '\n', '\r', '\t', '\b', '\f' -> 1;
                        default -> c < 0x20 ? 5 : 0;
                    };
        }
        return more;
    }
}
