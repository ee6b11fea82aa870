package io.steward.agent.intake;

/// Something has changed in the folder that a process of the intake watches.
public record FolderChanged() {}
