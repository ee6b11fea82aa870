package io.steward.agent.audit;

import java.nio.file.Path;

/// Something that is wrong with an audit log.
///
/// @param line from 1
public record Finding(Path file, long line, String what) {}
