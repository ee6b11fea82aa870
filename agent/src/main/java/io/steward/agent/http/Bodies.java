package io.steward.agent.http;

import io.avaje.jex.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the bodies of requests, within bounds: each of at most [Limits#MAX_INPUT_BYTES], and only
/// a few large ones at a time.
final class Bodies {
    private static final int SMALL = 1024 * 1024;
    private static final int LARGE_AT_A_TIME = 2;
    private static final long PATIENCE_SECONDS = 10;

    private final int limit;
    private final Semaphore large = new Semaphore(LARGE_AT_A_TIME, true);

    Bodies(int limit) {
        this.limit = limit;
    }

    /// @param contentType without parameters, in lower case
    record Body(byte[] bytes, String contentType) {}

    Body read(Context context, String... contentTypes) throws IOException, InterruptedException {
        String type = contentType(context.header("Content-Type"));
        if (!List.of(contentTypes).contains(type)) {
            throw new Problem(
                    415,
                    "The content type is not taken here",
                    "Content-Type is \"%s\": expected %s"
                            .formatted(type, String.join(" or ", contentTypes)));
        }
        long length = length(context.header("Content-Length"));
        if (length > limit) {
            throw tooLarge(context.bodyAsInputStream());
        }
        if (length >= 0 && length <= SMALL) {
            return new Body(readAll(context.bodyAsInputStream()), type);
        }
        if (!large.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw Problem.busy("Other large inputs are being read: try again in a moment");
        }
        try {
            return new Body(readAll(context.bodyAsInputStream()), type);
        } finally {
            large.release();
        }
    }

    private byte[] readAll(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (all.size() + n > limit) {
                throw tooLarge(in);
            }
            all.write(buffer, 0, n);
        }
        return all.toByteArray();
    }

    /// Reads on for a while: a caller that is still sending does not see an answer.
    private Problem tooLarge(InputStream in) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        long more = limit;
        for (int n = in.read(buffer); n >= 0 && more > 0; n = in.read(buffer)) {
            more -= n;
        }
        return new Problem(
                413,
                "The body is too large",
                "At most %d bytes are taken at a time: send it in parts".formatted(limit));
    }

    private static String contentType(@Nullable String header) {
        if (header == null) {
            return "";
        }
        int parameters = header.indexOf(';');
        String type = parameters < 0 ? header : header.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    private static long length(@Nullable String header) {
        try {
            return header == null ? -1 : Long.parseLong(header.strip());
        } catch (NumberFormatException e) {
            throw Problem.badRequest(
                    "Content-Length is \"%s\": expected a number".formatted(header));
        }
    }
}
