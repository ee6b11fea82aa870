package io.steward.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Writes a request as [InputDecoder] reads it.
public final class InputEncoder {
    private final JsonGenerator out;

    private InputEncoder(JsonGenerator out) {
        this.out = out;
    }

    /// The request as one object of JSON, with all its fields, those included that were left out
    /// when it was written.
    public static String encode(MessageRequest request) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Parsers.JSON.createGenerator(text)) {
            new InputEncoder(out).request(request);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory", e);
        }
        // why: as a character it may stand at the start of an input only
        return text.toString().replace("\uFEFF", "\\uFEFF");
    }

    private void request(MessageRequest request) throws IOException {
        out.writeStartObject();
        ReplyWriter.strings(
                out, "toNodes", request.toNodes().stream().map(NodeName::value).toList());
        out.writeStringField("commandOrEvent", request.type().word());
        out.writeStringField("method", request.method());
        if (request.domain() != null) {
            out.writeStringField("domain", request.domain());
        }
        ReplyWriter.strings(out, "data", request.data());
        duration("ackTimeout", request.ackTimeout());
        out.writeNumberField("retries", request.retries());
        if (request.methodTimeout() != null) {
            duration("methodTimeout", request.methodTimeout());
        }
        Schedule schedule = request.schedule();
        if (schedule == null) {
            expiry("expires", request.expires());
        }
        out.writeBooleanField("ordered", request.ordered());
        out.writeStringField("onInterrupt", request.onInterrupt().word());
        out.writeNumberField("maxAttempts", request.maxAttempts());
        Reply reply = request.reply();
        if (reply != null) {
            ReplyWriter.write(out, reply);
        }
        if (!request.labels().isEmpty()) {
            out.writeObjectFieldStart("labels");
            for (Map.Entry<String, String> label : new TreeMap<>(request.labels()).entrySet()) {
                out.writeStringField(label.getKey(), label.getValue());
            }
            out.writeEndObject();
        }
        out.writeBooleanField("follow", request.follow());
        if (schedule != null) {
            schedule(schedule);
        }
        out.writeEndObject();
    }

    private void schedule(Schedule schedule) throws IOException {
        out.writeObjectFieldStart("schedule");
        if (schedule.name() != null) {
            out.writeStringField("name", schedule.name());
        }
        switch (schedule.rhythm()) {
            case Rhythm.At at -> {
                out.writeStringField("cron", at.cron().toString());
                out.writeStringField("zone", at.zone().getId());
            }
            case Rhythm.Every every -> duration("every", every.interval());
        }
        if (schedule.splay().isPositive()) {
            duration("splay", schedule.splay());
        }
        if (schedule.end() != null) {
            expiry("end", schedule.end());
        }
        out.writeStringField("catchUp", schedule.catchUp().word());
        if (schedule.maxLateness() != null) {
            duration("maxLateness", schedule.maxLateness());
        }
        out.writeEndObject();
    }

    private void expiry(String field, Expiry expiry) throws IOException {
        switch (expiry) {
            case Expiry.After after -> duration(field, after.duration());
            case Expiry.At at -> out.writeStringField(field, at.instant().toString());
        }
    }

    private void duration(String field, Duration duration) throws IOException {
        out.writeStringField(field, Durations.format(duration));
    }
}
