package io.steward.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/// Writes a reply as [ReplyReader] reads it, in an input and in an envelope alike.
final class ReplyWriter {
    private ReplyWriter() {}

    static void write(JsonGenerator out, Reply reply) throws IOException {
        out.writeObjectFieldStart("reply");
        out.writeStringField("toNode", reply.toNode().value());
        out.writeStringField("method", reply.method());
        if (reply.domain() != null) {
            out.writeStringField("domain", reply.domain());
        }
        strings(out, "data", reply.data());
        out.writeEndObject();
    }

    static void strings(JsonGenerator out, String field, List<String> strings) throws IOException {
        out.writeFieldName(field);
        out.writeArray(strings.toArray(String[]::new), 0, strings.size());
    }
}
