package io.steward.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How results are printed.
enum Format {
    /// For people.
    TABLE,
    /// One document with stable field names.
    JSON,
    /// One document per line, each when it is known.
    JSONL,
    YAML,
    /// Nothing but the bytes that the commands wrote to stdout.
    RAW;

    static final class Converter implements ITypeConverter<Format> {
        @Override
        public Format convert(String value) {
            for (Format format : values()) {
                if (format.name().toLowerCase(Locale.ROOT).equals(value)) {
                    return format;
                }
            }
            throw new TypeConversionException(
                    "\"%s\" is no format: expected table, json, jsonl, yaml or raw"
                            .formatted(value));
        }
    }
}
